import * as z from 'zod';
import { CannotTell } from '../../base/errors.ts';
import type { Judged } from '../shared/opening/workspace.ts';
import { openJudged } from '../shared/opening/workspace.ts';
import { folderDigest } from '../../machine/changes.ts';
import { lawOf } from '../../machine/law.ts';
import { movedRoots, type RootChange } from '../../machine/moved-roots.ts';
import type { Command } from '../shared/command.ts';
import { printTrustRoot } from '../shared/opening/trust-root.ts';

const Input = z.object({});

/** Follows an approved change to a later root: verifies from the present one, and only then moves the pin. */
export const rootMove: Command<z.infer<typeof Input>> = {
  name: 'root move',
  group: 'machines',
  summary: 'verify from the present trust root, and pin the later one that was approved',
  arguments: [],
  options: [],
  examples: ['modelsmith root move', 'modelsmith root move --root <commit>:<fingerprint>'],
  writes: false,
  reads: true,
  input: Input,
  run: async (context, _input, common) => {
    const judged = await openJudged(context, common);
    const { verification, root } = judged;
    if (verification.findings.length > 0) {
      throw new CannotTell('BAD_DATA', 'the history here has findings, so no root is moved', {
        remedy: 'modelsmith verify   (shows every finding)',
      });
    }
    const change = latestMove(judged);
    const moved = { commit: change.root.commit, signer: change.root.signer };
    const { id } = lawOf(verification.tree).repository;
    await context.trust.move(id, root, moved);
    const lines = [
      `verified from ${printTrustRoot(root)} to ${verification.tip}`,
      `moved to the trust root ${printTrustRoot(moved)}, approved as change ${change.id}`,
      'next: give this line to CI and to colleagues, who run the same command',
    ];
    const json = { repository: id, from: printTrustRoot(root), to: printTrustRoot(moved), change: change.id };
    return { kind: 'yes', json, text: () => lines.join('\n') };
  },
};

/** @throws CannotTell NO_INPUT where there is none, BAD_DATA where the commit is not what was approved. */
function latestMove({ verification, root }: Judged): RootChange {
  const commits = new Map(verification.commits.map((commit) => [commit.id, commit]));
  const [change] = movedRoots(verification.tree)
    .filter((each) => each.root.commit !== root.commit && commits.has(each.root.commit))
    .sort((a, b) => (a.time > b.time ? -1 : 1));
  if (change === undefined) {
    throw new CannotTell('NO_INPUT', 'no change that moves the root has been approved here', {
      remedy: 'modelsmith root propose <commit> --reason <text>',
    });
  }
  const commit = commits.get(change.root.commit);
  const sound =
    commit?.void === false &&
    commit.judgement.key === change.root.signer &&
    folderDigest(commit.tree, '') === change.tree;
  if (sound) return change;
  throw new CannotTell(
    'BAD_DATA',
    `the commit ${change.root.commit} is not what the change ${change.id} says`,
    {
      remedy: 'propose another root: modelsmith root propose <commit> --reason <text>',
    },
  );
}
