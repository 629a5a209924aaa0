import * as z from 'zod';
import type { Command } from '../shared/command.ts';
import { groundOf } from '../shared/views/notices.ts';
import { overrideLines } from '../shared/views/override-view.ts';
import { openTip } from '../shared/opening/workspace.ts';

const Input = z.object({});

/** What is stopped, frozen, disabled, suspended and revoked now. */
export const listOverrides: Command<z.infer<typeof Input>> = {
  name: 'override list',
  group: 'emergency',
  summary: 'the overrides in force',
  description:
    'Those of the branch, those imposed on commits that are not valid, and those in refs of their own that were\n' +
    'fetched. Those that are not obeyed are listed with the reason.',
  arguments: [],
  options: [],
  examples: [
    'modelsmith override list',
    'git fetch origin "refs/modelsmith/overrides/*:refs/modelsmith/overrides/*"',
  ],
  writes: false,
  reads: true,
  input: Input,
  run: async (context, _input, common) => {
    const workspace = await openTip(context, common);
    const ground = groundOf(context, workspace);
    const { brakes } = workspace;
    return {
      kind: ground.kind,
      json: { ...ground.json, ...brakes },
      text: (view) =>
        [
          ...ground.head,
          ...(brakes.overrides.length + brakes.notObeyed.length === 0 ? ['no overrides'] : []),
          ...overrideLines(brakes, view.columns),
        ].join('\n'),
    };
  },
};
