import { CannotTell } from '../../base/errors.ts';
import type { TreeFolder } from '../../domain/tree.ts';
import { readCommit } from '../../evidence/history.ts';
import { SnapshotReader } from '../../evidence/snapshot.ts';
import { keyringOf } from '../../evidence/certificates.ts';
import type { TrustRoot } from '../../evidence/trust-root.ts';
import type { CommitObject } from '../../judge/commit-object.ts';
import type { Context } from '../shared/context.ts';
import { escapeShown } from '../shared/terminal/escape.ts';
import { noTrustRoot } from '../shared/opening/trust-root.ts';
import type { Unverified } from '../shared/opening/workspace.ts';

const COMPARED = 8;

/**
 * Meeting a repository for the first time: shows the commit it seems to start from and has the person say what a
 * colleague told. What is shown comes from the repository itself and proves nothing.
 * @throws CannotTell NO_TRUST_ROOT without a person, without a candidate, or where the answers differ.
 */
export async function askFirstRoot(context: Context, unverified: Unverified): Promise<TrustRoot> {
  const { terminal } = context;
  if (!terminal.interactive) throw noTrustRoot();
  const found = await candidate(context, unverified);
  if (found === null) throw noTrustRoot();
  const { root, userIds } = found;
  for (const line of [
    'No trust root is known for this repository yet. It says of itself that it starts here:',
    `  commit       ${root.commit}`,
    `  signed by    ${root.signer}`,
    ...userIds.map((userId) => `  key of       ${escapeShown(userId)}   (anybody can write this)`),
    'Ask a colleague, not this repository, for the line that `modelsmith init` printed and compare both',
    'ids in full. Somebody who forged this repository could have put any key here.',
  ])
    terminal.say(line);
  const typed = await terminal.ask(`last ${COMPARED} characters of the fingerprint your colleague gave you:`);
  if (typed.replace(/\s/g, '').toUpperCase() === root.signer.slice(-COMPARED)) return root;
  throw new CannotTell(
    'NO_TRUST_ROOT',
    'that is not the end of the fingerprint shown, so nothing was pinned',
    {
      remedy: 'modelsmith verify --root <commit>:<fingerprint> --pin   (with the line your colleague has)',
    },
  );
}

/** The first commit with a governed tree on the first-parent line. */
async function candidate(
  { verifier }: Pick<Context, 'verifier'>,
  { objects, facts, tip }: Unverified,
): Promise<{ readonly root: TrustRoot; readonly userIds: readonly string[] } | null> {
  const snapshots = new SnapshotReader(objects, facts.objectFormat === 'sha1' ? 20 : 32);
  const seen = new Set<string>();
  let first: { readonly id: string; readonly commit: CommitObject; readonly tree: TreeFolder } | null = null;
  for (let id: string | undefined = tip; id !== undefined && !seen.has(id);) {
    seen.add(id);
    const { commit } = await readCommit(objects, id, facts.objectFormat === 'sha1' ? 40 : 64);
    if (commit === null) break;
    const { tree } = await snapshots.read(commit.tree);
    if (tree.children.size > 0) first = { id, commit, tree };
    id = commit.parents[0];
  }
  if (first?.commit.signature == null) return null;
  const keyring = keyringOf(first.tree);
  const verdict = await verifier.verify(first.commit.payload, first.commit.signature, keyring);
  if (verdict.kind === 'bad') return null;
  const certificate = keyring.find(({ fingerprint }) => fingerprint === verdict.primary);
  const about = certificate === undefined ? null : await verifier.inspect(certificate.armored);
  return {
    root: { commit: first.id, signer: verdict.primary },
    userIds: about?.kind === 'certificate' ? about.userIds : [],
  };
}
