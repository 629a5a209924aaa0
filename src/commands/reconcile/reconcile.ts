import { CannotTell } from '../../base/errors.ts';
import { Push } from '../../domain/own-settings.ts';
import type { Command } from '../shared/command.ts';
import { PLAIN_HTTP_OPTION } from '../shared/intake/registry-choice.ts';
import { groundHere } from './ground.ts';
import { Input } from './input.ts';
import { runOnce } from './run-once.ts';
import { keepOn } from './watch.ts';

const EVERY_SECONDS = 60;

/** Brings registries and servers to what verified evidence says, and signs what is live where. */
export const reconcile: Command<Input> = {
  name: 'reconcile',
  group: 'machines',
  summary: 'bring targets to what was decided, and sign what is live where',
  description:
    'Judges the history, compares every target that the policy describes with what its aliases point to, moves what differs, shows\n' +
    'that it works and signs receipts, in the role reconciler. Towards an alias that is held nothing moves. On a history with\n' +
    'findings nothing is promoted or signed; what a brake switches off is taken away all the same. Reached are only targets that\n' +
    "this machine's own file lists with the same kind and address (targets.yaml in your configuration folder, for your eyes alone).\n" +
    'What is killed is begun again by the next run. Exit code 3: a target is not as it is wanted.',
  arguments: [],
  options: [
    { flags: '--targets <file>', description: 'another file of targets than the usual one' },
    {
      flags: '--registry <place>',
      description: 'the registry that exports lie in (default: as export has it)',
    },
    PLAIN_HTTP_OPTION,
    {
      flags: '--push <how>',
      values: Push.options,
      description: 'direct, branch (for a pull request) or off (default: your setting, else direct)',
    },
    {
      flags: '--watch [seconds]',
      description: `again and again, one line each time (default: every ${EVERY_SECONDS} s; longer while something fails)`,
    },
  ],
  examples: [
    'modelsmith reconcile --dry-run',
    'modelsmith reconcile --key-file reconciler.key',
    'modelsmith reconcile --key-file reconciler.key --watch 30',
  ],
  writes: true,
  reads: true,
  input: Input,
  run: async (context, input, common) => {
    const { watch } = input;
    if (watch === undefined) return (await runOnce(context, input, common, groundHere)).outcome;
    if (common.dryRun) throw new CannotTell('USAGE', '--watch moves things, and --dry-run does not');
    return await keepOn(context, input, common, watch === true ? EVERY_SECONDS : watch);
  },
};
