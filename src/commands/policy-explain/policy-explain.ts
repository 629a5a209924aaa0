import * as z from 'zod';
import { explainPolicy } from '../../analysis/explain-policy.ts';
import { IterationId } from '../../domain/names.ts';
import type { Command } from '../shared/command.ts';
import { groundOf } from '../shared/views/notices.ts';
import { pickBundle } from '../shared/views/pick.ts';
import { styleOf } from '../shared/terminal/style.ts';
import { openTip } from '../shared/opening/workspace.ts';
import { explanationLines } from './explanation-lines.ts';

const Input = z.object({ iteration: IterationId });

/** Which rules of the policy in force concern an iteration, each with what made it so. */
export const policyExplain: Command<z.infer<typeof Input>> = {
  name: 'policy explain',
  group: 'policy',
  summary: 'which rules of the policy concern an iteration, and why',
  description:
    'The rule of its line, every flag of the change with who says so, each rule of risk with its condition part by part,\n' +
    'and the seats at the gates: which roles, how many, what they ask for, and who could sit there now. What is missing\n' +
    'and who has signed: modelsmith status.',
  arguments: [{ name: '<iteration>', description: 'line@version' }],
  options: [],
  examples: ['modelsmith policy explain claims-triage@1.4.0'],
  writes: false,
  reads: true,
  input: Input,
  run: async (context, { iteration }, common) => {
    const workspace = await openTip(context, common);
    const { world, valid } = workspace;
    const picked = pickBundle(world, iteration);
    if ('kind' in picked) return picked;
    const explanation = explainPolicy(world.law, picked.bundle, Math.max(context.now(), valid.clock));
    const ground = groundOf(context, workspace);
    const { version } = world.law.policy;
    return {
      kind: ground.kind,
      json: { ...ground.json, iteration, policyVersion: version, ...explanation },
      text: ({ columns, color }) =>
        [
          ...ground.head,
          ...explanationLines(iteration, version, explanation, styleOf(color), Math.min(columns, 100)),
        ].join('\n'),
    };
  },
};
