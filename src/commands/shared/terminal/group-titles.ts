import type { Group } from '../command.ts';

/** Over the commands of a group, wherever they are listed. */
export const TITLES: Readonly<Record<Group, string>> = {
  start: 'Start:',
  pipeline: 'Pipeline (machines submit):',
  people: 'People (who sign):',
  policy: 'Policy and signers:',
  emergency: 'Emergency (brakes, stolen keys, broken histories):',
  see: 'See:',
  machines: 'CI and deploy pipelines:',
};
