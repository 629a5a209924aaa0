import { describe, expect, test } from 'vitest';
import { differences, EMPTY_TREE, withFile, type TreeFolder } from '../../../src/domain/tree.ts';
import type { Act } from '../../../src/machine/act.ts';
import { inForceAt } from '../../../src/judge/in-force.ts';
import type { JudgedParent, Judgement } from '../../../src/judge/judgement.ts';
import { JudgedHistory } from '../../../src/evidence/lineage.ts';
import { entryOf } from '../../../src/judge/entry-of.ts';
import { lawOf, principalNamed } from '../../../src/machine/law.ts';
import { judgeMerge } from '../../../src/judge/judge-merge.ts';
import { repeatedOutputs } from '../../../src/judge/repeated-output.ts';
import {
  artifactOf,
  deprecateIt,
  erroredRun,
  evaluateIt,
  lockNow,
  moveTo,
  requestIt,
} from '../support/acts.ts';
import { encode, lawTree } from '../support/law-files.ts';
import { treeAt } from '../support/stages.ts';
import { decision, done, hour } from '../support/world.ts';

const LINEAGE = new JudgedHistory('r');
type Build = Parameters<typeof done>[1];

const parentOf = (id: string, tree: TreeFolder, changes: Partial<JudgedParent> = {}): JudgedParent => ({
  ...{ id, tree, guarded: new Map(), void: false, clock: hour(20) },
  force: inForceAt(id, tree, new Map(), hour(20)),
  ...changes,
});
const judged = (
  acts: readonly Act[],
  expires: number | null = null,
): { readonly id: string; readonly judgement: Judgement } => ({
  id: 'a'.repeat(40),
  judgement: {
    kind: 'governed',
    reasons: [],
    clock: hour(10),
    signer: principalNamed(
      lawOf(lawTree()),
      acts[0] === undefined ? '' : (entryOf(acts[0])?.header.principal ?? ''),
    ),
    key: acts[0] === undefined ? null : (entryOf(acts[0])?.header.key ?? null),
    acts,
    expires,
    imposed: new Map(),
  },
});

/** Both trees laid over each other: what git does where the files differ. */
function union(first: TreeFolder, second: TreeFolder): TreeFolder {
  const children = new Map(first.children);
  for (const [name, node] of second.children) {
    const own = children.get(name);
    children.set(name, own?.kind === 'folder' && node.kind === 'folder' ? union(own, node) : node);
  }
  return { kind: 'folder', id: `${first.id}+${second.id}`, children };
}

interface Merge {
  readonly base: TreeFolder;
  readonly first: TreeFolder;
  readonly second: TreeFolder;
  readonly tree?: TreeFolder;
  readonly acts?: readonly Act[];
  readonly expires?: number | null;
  readonly clock?: number;
}

function codes({
  base,
  first,
  second,
  tree = union(first, second),
  acts = [],
  expires = null,
  clock = hour(20),
}: Merge) {
  const [one, two] = [parentOf('1', first), parentOf('2', second, { clock })];
  const commit = {
    id: 'c',
    parents: ['1', '2'],
    tree,
    guarded: new Map(),
    refreshes: new Map(),
    certificates: [],
    structure: [],
    extraHeaders: [],
    message: '',
    signature: null,
  };
  const meeting = {
    sides: [
      { parent: one, commits: [judged(acts, expires)] },
      { parent: two, commits: [] },
    ],
    bases: [{ tree: base, guarded: new Map() }],
  } as const;
  return judgeMerge(commit, [one, two], () => meeting, LINEAGE).reasons.map((why) => why.code);
}

const actOf = (tree: TreeFolder, build: Build): Act => build(tree).act;
const deployed = treeAt('customer-deployed');
const expert = decision('approve', 'domain-validation', 'dana', 9);
const governor = decision('approve', 'governance-approval', 'gus', 10);
const put = (tree: TreeFolder, path: string, text: string) => withFile(tree, path, encode(text));

describe('a merge', () => {
  test('of two approvers is the union of their decisions', () => {
    const [first, second] = [done(deployed, expert), done(deployed, governor)];
    expect(codes({ base: deployed, first, second })).toEqual([]);
    const both = union(first, second);
    const validate = moveTo('production-validated', { name: 'gus', role: 'governance-approver', hours: 12 });
    expect(() => done(both, validate)).not.toThrow();
  });

  test('drops nothing and adds nothing', () => {
    const [first, second] = [done(deployed, expert), done(deployed, governor)];
    expect(codes({ base: deployed, first, second, tree: first })).toEqual(['MERGE_NOT_MECHANICAL']);
    expect(codes({ base: deployed, first, second, tree: second })).toEqual(['MERGE_NOT_MECHANICAL']);
    const evil = put(union(first, second), 'promotions/triage/1.0.0/model-card.md', '# Other\n\nx\n');
    expect(codes({ base: deployed, first, second, tree: evil })).toEqual(['MERGE_NOT_MECHANICAL']);
    const stray = put(union(first, second), 'promotions/triage/1.0.0/approvals/x.json', '{}\n');
    expect(codes({ base: deployed, first, second, tree: stray })).toEqual(['MERGE_NOT_MECHANICAL']);
  });

  test('takes what one side moved, although the other does not have it', () => {
    const first = done(deployed, deprecateIt());
    const second = done(deployed, expert);
    const tree = union(second, first);
    expect(codes({ base: deployed, first, second, tree })).toEqual([]);
    // -s ours: the deprecation is lost
    expect(codes({ base: deployed, first, second, tree: second })).toEqual(['MERGE_NOT_MECHANICAL']);
  });

  test('cannot be where both sides moved one strand', () => {
    const first = done(deployed, deprecateIt());
    const second = done(deployed, deprecateIt({ reason: 'another reason' }));
    expect(codes({ base: deployed, first, second })).toEqual(['MERGE_CONFLICT']);
    expect(codes({ base: deployed, first, second: first, tree: first })).toEqual([]);
  });

  test('cannot be where both sides asked for iterations of one line, or one locked and one asked', () => {
    const base = treeAt('locked');
    const [first, second] = [
      done(base, requestIt()),
      done(base, requestIt({ artifact: artifactOf('b') }, '1.1.0')),
    ];
    expect(codes({ base, first, second })).toEqual(['MERGE_CONFLICT']);
    expect(codes({ base, first, second: done(base, lockNow({}, 2)) })).toEqual(['MERGE_CONFLICT']);
  });

  test('of a candidate on one side and a decision about another iteration on the other', () => {
    const first = done(deployed, requestIt({ artifact: artifactOf('b') }, '1.1.0'));
    expect(codes({ base: deployed, first, second: done(deployed, expert) })).toEqual([]);
  });

  test('of two candidates evaluated apart, each by an output of its own', () => {
    const base = done(treeAt('candidate'), requestIt({ artifact: artifactOf('b') }, '1.1.0', 5));
    const evaluated = (version: string, raw: string) => evaluateIt({ version, raw });
    const first = evaluated('1.0.0', 'one output');
    const meet = (raw: string) => {
      const [one, second] = [done(base, first), done(base, evaluated('1.1.0', raw))];
      const tree = differences(base, second).reduce(
        (both, { path, after }) => withFile(both, path, after?.bytes ?? new Uint8Array()),
        one,
      );
      const acts = [actOf(base, first), actOf(base, lockNow({}, 7))];
      return codes({ base, first: one, second, tree, acts });
    };
    expect(meet('another output')).toEqual([]);
    expect(meet('one output')).toEqual(['EVAL_RUN_REPEATED']);
  });

  test('knows an output again only where it is of other weights, of the line, and complete', () => {
    const base = done(treeAt('candidate'), requestIt({ artifact: artifactOf('b') }, '1.1.0', 5));
    const act = actOf(base, evaluateIt({ raw: 'one output' }));
    if (act.kind !== 'evaluate') throw new Error();
    const other = done(base, evaluateIt({ version: '1.1.0', raw: 'one output' }));
    const earlier = { run: 'triage@1.0.0 run-1', earlier: 'triage@1.1.0 run-1' };
    expect(repeatedOutputs([act], other)).toEqual([{ code: 'EVAL_RUN_REPEATED', facts: earlier }]);
    expect(repeatedOutputs([act], base)).toEqual([]);
    expect(repeatedOutputs([act], EMPTY_TREE)).toEqual([]);
    const same = artifactOf('b').digest as never;
    expect(repeatedOutputs([{ ...act, evaluation: { ...act.evaluation, artifact: same } }], other)).toEqual(
      [],
    );
    const errored = actOf(base, erroredRun('run-1', 6, 'one output'));
    expect(repeatedOutputs([errored], other)).toEqual([]);
  });

  test('lets no strand but a proposal move beside the law', () => {
    const first = put(deployed, 'policy/policy.yaml', '# other\n');
    expect(codes({ base: deployed, first, second: done(deployed, deprecateIt()) })).toEqual([
      'MERGE_CONFLICT',
    ]);
  });

  test('holds acts to what the other side ended, and objections never', () => {
    const first = done(deployed, expert);
    const acts = [actOf(deployed, expert)];
    expect(codes({ base: deployed, first, second: deployed, tree: first, acts, expires: hour(20) })).toEqual([
      'ENDED_BEFORE_MERGE',
    ]);
    expect(
      codes({ base: deployed, first, second: deployed, tree: first, acts, expires: hour(20) + 1 }),
    ).toEqual([]);
    const until = lawTree(
      {
        people: { dana: { roles: [{ role: 'domain-expert', lines: ['*'], until: '2026-01-01T00:00:00Z' }] } },
      },
      deployed,
    );
    expect(codes({ base: until, first: done(until), second: until, tree: until, acts })).toEqual([]);
    const objection = [actOf(deployed, decision('reject', 'domain-validation', 'dana', 9))];
    expect(
      codes({ base: deployed, first, second: deployed, tree: first, acts: objection, expires: hour(20) }),
    ).toEqual([]);
  });

  test('of void branches, of more than two, of nothing governed', () => {
    const commit = {
      id: 'c',
      parents: ['1', '2'],
      tree: done(deployed, expert),
      guarded: new Map<string, string>(),
      refreshes: new Map(),
      certificates: [],
      structure: [],
      extraHeaders: ['x'],
      message: '',
      signature: null,
    };
    const meet = () => {
      throw new Error('nobody asked');
    };
    const [a, b] = [parentOf('1', deployed), parentOf('2', deployed, { void: true })];
    expect(judgeMerge(commit, [a, b], meet, LINEAGE).reasons.map((why) => why.code)).toEqual(['PARENT_VOID']);
    expect(judgeMerge(commit, [a, a, a], meet, LINEAGE).reasons.map((why) => why.code)).toEqual([
      'MERGE_GOVERNED',
    ]);
    expect(judgeMerge({ ...commit, tree: deployed }, [a, a], meet, LINEAGE)).toMatchObject({
      kind: 'ungoverned',
      reasons: [],
    });
  });
});
