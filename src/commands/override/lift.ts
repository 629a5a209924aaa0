import * as z from 'zod';
import { CannotTell } from '../../base/errors.ts';
import { Change } from '../../domain/change.ts';
import { seal } from '../../domain/document.ts';
import { Text } from '../../domain/text.ts';
import { changesOf } from '../../machine/changes.ts';
import type { Command } from '../shared/command.ts';
import { entryNamed } from './impose.ts';
import { brief } from '../shared/terminal/layout.ts';
import { overrideWords } from '../shared/opening/override-words.ts';
import { entryBy, land, openDesk, Plan, ownRole, written } from '../shared/opening/write.ts';

const Input = z.object({
  override: z
    .string()
    .regex(/^[0-9a-f]{8,64}$/, 'must be the id of an override, or at least its first 8 digits'),
  reason: Text,
});

/** Proposes that an override ends; people approve that as any change. */
export const liftOverride: Command<z.infer<typeof Input>> = {
  name: 'override lift',
  group: 'emergency',
  summary: 'propose to end an override; two people it does not concern approve',
  description:
    'Writes a proposal. The override stays in force until it is approved: modelsmith policy approve <change>. That a key\n' +
    'was compromised is never lifted.',
  arguments: [{ name: '<override>', description: 'its id, or the beginning of it' }],
  options: [{ flags: '--reason <text>', description: 'why; recorded and signed' }],
  examples: ['modelsmith override lift 3f2a9c1d --reason "the leak is closed"'],
  writes: true,
  reads: true,
  input: Input,
  run: async (context, input, common) => {
    const desk = await openDesk(context, common);
    const { law, tree } = desk.workspace.world;
    const id = entryNamed(
      input.override,
      law.overrides.map((override) => override.id),
    );
    const override = law.overrides.find((each) => each.id === id);
    if (override === undefined)
      throw new CannotTell('NO_INPUT', `no override in force here is named ${input.override}`, {
        remedy: 'modelsmith override list',
      });
    const words = `${override.act} ${overrideWords(override)}`;
    const change = seal(Change, {
      schema: 'modelsmith/change/v1',
      ...entryBy(desk, 'propose', ownRole(desk, common), []),
      version: law.policy.version,
      reason: input.reason,
      kind: 'lift',
      override: override.id,
    });
    const before = changesOf(tree).flatMap(({ change: other, applied }) =>
      other.kind === 'lift' && other.override === id && applied === null ? [other.id] : [],
    );
    const plan = new Plan(desk);
    const no = plan.add(`${words} cannot be lifted`, { kind: 'propose', change, files: [] });
    if (no !== null) return no;
    const report = await land(desk, common, plan, `Propose to lift: ${words}`);
    return written(
      report,
      [
        `proposed to lift: ${words}`,
        `change ${change.id}`,
        ...before.map(
          (other) => `change ${brief(other)} says the same and waits, too: one of them is enough`,
        ),
        `next: modelsmith policy approve ${brief(change.id)}`,
      ],
      { change: change.id, override: override.id, act: override.act },
    );
  },
};
