import type { LineName } from '../../domain/names.ts';
import { ALIASES } from '../../domain/states.ts';
import { ALIAS_ROLES, firstWord, secondSigners } from '../../machine/pins.ts';
import { linesOf, type World } from '../../machine/world.ts';
import type { ApprovalOut } from '../shared/views/queue-output.ts';
import { peopleNamed } from './people.ts';
import { sinceOnly } from './urgency-view.ts';

/** Pins that take two words and have one. @param at seconds since 1970. */
export function pinRows(
  world: World,
  at: number,
  isMeant: (line: LineName) => boolean,
): readonly ApprovalOut[] {
  const lines = linesOf(world.tree).filter(isMeant);
  return lines.flatMap((line) =>
    ALIASES.flatMap((alias): readonly ApprovalOut[] => {
      const first = firstWord(world, line, alias, at);
      if (first === null) return [];
      const { version, time } = first;
      const { principal, role, reason } = first.signed;
      const command = `modelsmith rollback ${line} --to ${version} --alias ${alias}`;
      const scope = { law: world.law, line, at };
      const names = secondSigners(world, first, at);
      const roles = ALIAS_ROLES.filter((each) => each !== role);
      return [
        {
          ...{ kind: 'pin', line, alias, version, askedBy: principal, role, reason, ...sinceOnly(time) },
          people: peopleNamed(scope, names, roles, () => command),
        },
      ];
    }),
  );
}
