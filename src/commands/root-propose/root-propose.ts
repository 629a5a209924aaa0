import * as z from 'zod';
import { CannotTell } from '../../base/errors.ts';
import { Change } from '../../domain/change.ts';
import { seal } from '../../domain/document.ts';
import { CommitId } from '../../domain/names.ts';
import type { JudgedCommit } from '../../evidence/lineage.ts';
import { folderDigest } from '../../machine/changes.ts';
import { anyRole } from '../shared/changes/change-entry.ts';
import { changeName } from '../shared/changes/change-pick.ts';
import type { Command } from '../shared/command.ts';
import { required } from '../shared/opening/required.ts';
import { printTrustRoot } from '../shared/opening/trust-root.ts';
import { entryBy, land, openDesk, Plan, written } from '../shared/opening/write.ts';
import { Why } from '../shared/terminal/why.ts';

const Input = z.object({ commit: CommitId, reason: required('why this is to change').pipe(Why) });

/** Puts a later commit up for approval as the one to start judging from. */
export const rootPropose: Command<z.infer<typeof Input>> = {
  name: 'root propose',
  group: 'policy',
  summary: 'put a later trust root up for approval',
  description:
    'Judging from a later root is shorter, and takes the content of that commit on trust. Whoever holds the present root\n' +
    'verifies up to the approved change and moves on with `modelsmith root move`. Do it while no branch is open: a branch\n' +
    'that forked before the new root cannot be merged after it.',
  arguments: [{ name: '<commit>', description: 'full id of a commit that one person signed' }],
  options: [{ flags: '--reason <text>', description: 'why; recorded and signed' }],
  examples: ['modelsmith root propose <commit> --reason "Five years of history are enough for CI"'],
  writes: true,
  reads: true,
  input: Input,
  run: async (context, { commit, reason }, common) => {
    const desk = await openDesk(context, common);
    const { verification, world } = desk.workspace;
    const root = rootAt(
      verification.commits.find(({ id }) => id === commit),
      commit,
    );
    const change = seal(Change, {
      schema: 'modelsmith/change/v1' as const,
      ...entryBy(desk, 'propose', anyRole(desk, common), []),
      version: world.law.policy.version,
      reason,
      kind: 'root' as const,
      root: { commit, signer: root.signer },
      tree: folderDigest(root.tree, ''),
    });
    const plan = new Plan(desk);
    const no = plan.add('this root cannot be proposed', { kind: 'propose', change, files: [] });
    if (no !== null) return no;
    const report = await land(desk, common, plan, `Propose a later trust root as ${changeName(change.id)}`);
    return written(
      report,
      [
        `${common.dryRun ? 'would propose' : 'proposed'} the root ${printTrustRoot({ commit, signer: root.signer })} as change ${change.id}`,
        `next: people run: modelsmith policy approve ${change.id}`,
        '      then whoever holds the present root: modelsmith root move',
      ],
      { change: change.id, root: printTrustRoot({ commit, signer: root.signer }) },
    );
  },
};

/** @throws CannotTell USAGE where the commit cannot be a root. */
function rootAt(commit: JudgedCommit | undefined, id: string) {
  const { signer, key } = commit?.judgement ?? { signer: null, key: null };
  if (commit === undefined || commit.void || signer?.kind !== 'human' || key === null) {
    throw new CannotTell('USAGE', `${id} is no valid commit of this history that one person signed`, {
      remedy: 'modelsmith log   (lists the commits with their signers)',
    });
  }
  return { tree: commit.tree, signer: key };
}
