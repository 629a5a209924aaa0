import * as z from 'zod';
import { CommitId } from '../../domain/names.ts';
import type { Command } from '../shared/command.ts';
import { escapeShown } from '../shared/terminal/escape.ts';
import { openJudged } from '../shared/opening/workspace.ts';

const Input = z.object({ commit: CommitId });

/** What a hook asks before it lets a brake pass that `verify` would refuse for what is wrong around it. */
export const checkOverride: Command<z.infer<typeof Input>> = {
  name: 'override check',
  group: 'machines',
  summary: 'whether a commit adds nothing to a branch but overrides that are in force',
  description:
    'Plumbing for hooks. Exit 0 where every commit that <commit> has and the branch has not is an override alone, by\n' +
    'somebody who may pull the brake by what is in force on the branch – however broken the branch is. Else 3.',
  arguments: [{ name: '<commit>', description: 'full id of what would be added' }],
  options: [],
  examples: ['modelsmith override check <commit> --branch refs/heads/main --root <commit>:<fingerprint>'],
  writes: false,
  reads: true,
  input: Input,
  run: async (context, { commit }, common) => {
    const side = { ref: commit, commit };
    const { verification } = await openJudged(context, { ...common, sides: [side] });
    const { brakesAlone, inForce, notObeyed } = verification.sides;
    const yes = brakesAlone.includes(side);
    return {
      kind: yes ? 'yes' : 'no',
      json: {
        commit,
        tip: verification.tip,
        overrides: inForce.map(({ override }) => override.id),
        notObeyed: notObeyed.map(({ override, why }) => ({ override, why })),
      },
      text: () =>
        [
          yes
            ? `adds overrides alone: ${inForce.length}, in force`
            : `adds more than overrides in force to ${verification.tip}`,
          ...notObeyed.map(({ why }) => escapeShown(why)),
        ].join('\n'),
    };
  },
};
