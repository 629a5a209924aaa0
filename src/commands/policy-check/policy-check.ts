import * as z from 'zod';
import { isNonEmpty } from '../../base/nonempty.ts';
import { analyse } from '../../analysis/analyse.ts';
import type { Reason } from '../../domain/reason.ts';
import type { NewFile } from '../../machine/act.ts';
import { drillStandings } from '../../machine/drills.ts';
import { unheldRoles } from '../../machine/unheld-roles.ts';
import { bumped, versionIn, versionRemedy } from '../shared/intake/bump-version.ts';
import { neededLines, neededOf, touchesLines, touchesOf, wordLines } from '../shared/views/change-summary.ts';
import type { Command, Outcome } from '../shared/command.ts';
import type { Context } from '../shared/context.ts';
import { drillViews, overdueLines } from '../shared/views/drill-view.ts';
import { shellWord } from '../shared/terminal/escape.ts';
import { examinePolicy } from '../shared/changes/examine-policy.ts';
import { groundOf } from '../shared/views/notices.ts';
import { policyFolder } from '../shared/changes/policy-folder.ts';
import { unheldLines } from '../shared/views/unheld-lines.ts';
import { openTip, type Tip } from '../shared/opening/workspace.ts';
import { analysisLines, analysisOut } from './analysis-view.ts';

const Input = z.object({ folder: z.string().optional() });

/** Whether a policy could be proposed; writes nothing and needs no key. */
export const policyCheck: Command<z.infer<typeof Input>> = {
  name: 'policy check',
  group: 'policy',
  summary: 'say whether a policy could be proposed, what it changes and who would have to approve it',
  description:
    'Reads the whole policy in the folder and holds it against the one in force: files, certificates, whether every gate\n' +
    'can be opened, whether anybody could be locked out. A version equal to the one in force is taken as the next one.\n\n' +
    'Then every change of every line that could be asked for is gone through, by everybody who could ask for it: whether a\n' +
    'person is on every way to customers, whether those enrolled could bring each to its end, whom nothing goes without,\n' +
    'who alone could lock out all others, and which rules do nothing. Each is proved, or shown not to be so by an example,\n' +
    'or said to be more than can be gone through. What is found there keeps no policy from being proposed.',
  arguments: [
    {
      name: '[folder]',
      description:
        'folder with policy.yaml, signers.yaml, keys/ and rubrics/; without it, the policy in force',
    },
  ],
  options: [],
  examples: ['modelsmith policy check', 'modelsmith policy check my-policy'],
  writes: false,
  reads: true,
  input: Input,
  run: async (context, { folder }, common) => {
    const workspace = await openTip(context, common);
    const { world, valid } = workspace;
    if (folder === undefined) return inForce(context, workspace);
    const read = await policyFolder(context, folder);
    const bump = versionIn(read) === world.law.policy.version;
    const files = bump ? bumped(world.law, read) : read;
    const at = Math.max(context.now(), valid.clock);
    const { examined, reasons } = await examinePolicy(context, world, files, at);
    if (isNonEmpty(reasons)) {
      const meant = otherwise(reasons, files);
      const next = meant.length > 0 ? meant : versionRemedy(world.law, files, folder);
      return { kind: 'refused', headline: 'this policy cannot be proposed', reasons, next };
    }
    if (examined === null) throw new Error('a policy without problems that cannot be read');
    const ground = groundOf(context, workspace);
    const { difference, brings, words, way, law } = examined;
    const touches = touchesOf(difference);
    const needed = neededOf(way, []);
    const unheld = unheldRoles(law, at);
    const drills = drillViews(drillStandings({ ...world, law }, at));
    const analysis = analysisOut(analyse(law, at));
    return {
      kind: ground.kind,
      json: {
        ...ground.json,
        version: law.policy.version,
        bump,
        touches,
        brings,
        differences: words,
        needed,
        unheld,
        drills,
        analysis,
      },
      text: ({ columns }) =>
        [
          ...ground.head,
          `can be proposed as policy version ${law.policy.version}${bump ? ' (with --bump)' : ''}`,
          ...touchesLines(touches, brings, columns),
          'what differs:',
          ...wordLines(words, columns),
          'who would have to approve:',
          ...neededLines(needed, columns),
          ...unheldLines(unheld, columns),
          ...overdueLines(drills, columns),
          'what follows from it:',
          ...analysisLines(analysis, columns),
          `next: modelsmith policy propose ${shellWord(folder, 'folder')} --reason <text>${bump ? ' --bump' : ''}`,
        ].join('\n'),
    };
  },
};

/** What was meant instead: the policy in force, or a ready one, which has nobody in it. */
function otherwise(reasons: readonly Reason[], files: readonly NewFile[]): readonly string[] {
  if (reasons.some(({ code }) => code === 'CHANGE_NOTHING'))
    return ['what follows from the policy in force: modelsmith policy check'];
  return !files.some(({ path }) => path === 'signers.yaml')
    ? [
        'copy the people, their certificates and the rubrics in force beside it: signers.yaml, keys/ and rubrics/ of policy/',
      ]
    : [];
}

/** What follows from the policy that is in force. */
function inForce(context: Context, workspace: Tip): Outcome {
  const { world, valid } = workspace;
  const at = Math.max(context.now(), valid.clock);
  const unheld = unheldRoles(world.law, at);
  const drills = drillViews(drillStandings(world, at));
  const analysis = analysisOut(analyse(world.law, at));
  const ground = groundOf(context, workspace);
  const { version } = world.law.policy;
  return {
    kind: ground.kind,
    json: { ...ground.json, version, unheld, drills, analysis },
    text: ({ columns }) =>
      [
        ...ground.head,
        `version ${version} of the policy, which is in force`,
        ...unheldLines(unheld, columns),
        ...overdueLines(drills, columns),
        'what follows from it:',
        ...analysisLines(analysis, columns),
      ].join('\n'),
  };
}
