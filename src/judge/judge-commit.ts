import { differences } from '../domain/tree.ts';
import type { Actor } from '../machine/act.ts';
import { guardedPathsOf, lawOf } from '../machine/law.ts';
import { explainChange } from './explain-change.ts';
import type { Lineage } from './in-force.ts';
import { judgeOnVoid } from './judge-on-void.ts';
import { addedOverrides, judgeOverride } from './judge-override.ts';
import {
  changedGuarded,
  headerReasons,
  MOST_TOLD,
  signerOf,
  timeReasons,
  type CommitUnderJudgement,
  type JudgedParent,
  type Judgement,
} from './judgement.ts';
import { lostSignature, strangerOf, type Sealed } from './lost-signature.ts';
import { recognise } from './recognise.ts';

/** Of what nobody enrolled signed so much is looked at to tell whose signature it lost. */
const MOST_OF_A_STRANGER = 1000;

/**
 * The validity of one commit by the law of its parent. It depends on this commit, its parent's governed tree and clock,
 * and the time now for one question only: whether the signature comes from the future.
 */
export function judgeCommit(
  commit: CommitUnderJudgement,
  parent: JudgedParent,
  now: number,
  lineage: Lineage,
): Judgement {
  if (parent.void) return judgeOnVoid(commit, parent, now, lineage);
  const { clock } = parent;
  const changes = differences(parent.tree, commit.tree, MOST_OF_A_STRANGER);
  const guarded = changedGuarded(guardedPathsOf(parent.tree), parent.guarded, commit.guarded);
  const nothing = { clock, signer: null, key: null, acts: [], expires: null, imposed: new Map() } as const;
  if (changes.length + guarded.length === 0)
    return { kind: 'ungoverned', reasons: commit.structure, ...nothing };
  const law = lawOf(parent.tree);
  const paths = [...changes.map((change) => change.path), ...guarded].slice(0, MOST_TOLD);
  const signed = signerOf(commit, law, paths);
  const lost = (by: Sealed | null) =>
    by === null ? [] : lostSignature(law, recognise(parent.tree, commit.tree, changes, commit.refreshes), by);
  if (!('principal' in signed)) {
    const reasons = [...commit.structure, signed, ...lost(strangerOf(commit.signature))];
    return { kind: 'governed', reasons, ...nothing };
  }
  const brake = addedOverrides(parent, commit, guardedPathsOf(parent.tree));
  if (brake !== null) return judgeOverride(commit, parent, brake, law, signed);

  const { principal, ended } = signed;
  const actor: Actor = {
    principal,
    key: signed.key,
    signed: signed.time,
    clock: Math.max(clock, signed.time),
  };
  const { refreshes } = commit;
  const { acts, reasons } = explainChange(law, parent.tree, commit.tree, actor, { refreshes, guarded });
  const all = [
    ...commit.structure,
    ...headerReasons(commit),
    ...timeReasons(signed.time, clock, now),
    ...reasons,
    ...(reasons.length === 0 ? [] : lost(actor)),
    ...commit.certificates,
    ...ended,
  ];
  return {
    kind: 'governed',
    reasons: all,
    clock: all.length === 0 ? actor.clock : clock,
    signer: principal,
    key: signed.key,
    acts,
    expires: signed.expires,
    imposed: new Map(),
  };
}
