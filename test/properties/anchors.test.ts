import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { openpgpVerifier } from '../../src/adapters/openpgp/verify.ts';
import { isPartlyRead, sparingly } from '../../src/domain/partly-read.ts';
import { bundleFolder } from '../../src/domain/paths.ts';
import { nodeAt, type TreeFolder } from '../../src/domain/tree.ts';
import type { Verification, VerifyOptions } from '../../src/evidence/verification.ts';
import { verifyHistory } from '../../src/evidence/verify-history.ts';
import { iterationsOf, linesOf } from '../../src/machine/world.ts';
import type { Anchor } from '../../src/ports/anchors.ts';
import { BUNDLE } from '../attacks/acts.ts';
import { workshop } from '../attacks/bench.ts';
import type { Site } from '../attacks/site.ts';
import type { Honest } from './mutations.ts';
import { honestOf, remembering, told } from './trial.ts';

describe('what was judged before', () => {
  const shop = workshop(inject('shared'));
  let site: Site;
  let honest: Honest;
  const verifier = remembering(openpgpVerifier());
  beforeAll(async () => {
    site = await shop.bench('sha1').site();
    honest = honestOf(site);
  }, 120_000);
  afterAll(() => shop.dispose());

  const judge = (
    tip: string,
    anchors: readonly Anchor[] = [],
    more: Partial<VerifyOptions> = {},
    objects = honest.objects,
  ): Promise<Verification> =>
    verifyHistory(objects.reader(), verifier, {
      ...{ tip, anchors, tipOnly: anchors.length > 0 },
      root: site.world.root,
      now: honest.now + 3600,
      objectFormat: 'sha1',
      ...more,
    });

  /** A commit nobody signed that changes nothing governed. */
  const plain = (
    objects: Honest['objects'],
    parents: readonly string[],
    { tree = treeOf(objects, parents[0] ?? ''), words = 'x' } = {},
  ): string =>
    objects.put(
      'commit',
      Buffer.from(
        `tree ${tree}\n${parents.map((id) => `parent ${id}\n`).join('')}author a <a@example.org> 1 +0000\ncommitter a <a@example.org> 1 +0000\n\n${words}\n`,
      ),
    );
  const treeOf = (objects: Honest['objects'], commit: string): string =>
    /^tree ([0-9a-f]+)/.exec(objects.bytes(commit).toString('latin1'))?.[1] ?? '';

  it('gives the same at every commit, from wherever it was judged before', async () => {
    let unread = 0;
    for (const [end, tip] of honest.line.entries()) {
      if (end < 2) continue;
      const whole = await judge(tip);
      expect(whole.before).toBeNull();
      for (const begin of [1, end >> 1, end - 1, end].filter((at) => at > 0)) {
        const { anchors } = await judge(honest.line[begin] ?? '');
        const since = await judge(tip, anchors ?? []);
        expect(since.before?.commit).toBe(honest.line[begin]);
        expect(told(since)).toBe(told(whole));
        expect(since.anchors?.[0]).toEqual(whole.anchors?.[0]);
        const inMotion = await sparingly((sparing) => judge(tip, anchors ?? [], { sparing }));
        expect(told(inMotion)).toBe(told(whole));
        expect(inMotion.anchors?.[0]).toEqual(whole.anchors?.[0]);
        unread += unreadIn(inMotion.tree);
      }
    }
    expect(unread).toBeGreaterThan(0);
  }, 240_000);

  it('is read whole where what comes after touches an iteration at rest', async () => {
    const objects = honest.objects.fork();
    const [tip = ''] = honest.line.slice(-1);
    const { anchors } = await judge(tip);
    const blob = objects.put('blob', Buffer.from('x'));
    const tree = objects.withFile(treeOf(objects, tip), `${BUNDLE}/model-card.md`, blob) ?? '';
    const altered = plain(objects, [tip], { tree });
    const [since, whole] = [
      await sparingly((sparing) => judge(altered, anchors ?? [], { sparing }, objects)),
      await judge(altered, [], {}, objects),
    ];
    expect(told(since)).toBe(told(whole));
    expect(whole.findings.length).toBeGreaterThan(0);
  });

  it('begins at an older place where a branch left before the latest, and at the root where there is none', async () => {
    const objects = honest.objects.fork();
    const [tip = ''] = honest.line.slice(-1);
    const { anchors } = await judge(tip);
    const left = honest.line.at(-6) ?? '';
    const merge = plain(objects, [tip, plain(objects, [left])], { tree: treeOf(objects, tip) });
    const since = await judge(merge, anchors ?? [], {}, objects);
    expect(told(since)).toBe(told(await judge(merge, [], {}, objects)));
    const at = honest.line.indexOf(since.before?.commit ?? '');
    expect(at).toBeGreaterThan(0);
    expect(at).toBeLessThanOrEqual(honest.line.indexOf(left));
    const latest = (anchors ?? []).slice(0, 1);
    expect((await judge(merge, latest, {}, objects)).before).toBeNull();
  });

  it('is not begun from where other history comes in beside it', async () => {
    const objects = honest.objects.fork();
    const [tip = ''] = honest.line.slice(-1);
    const { anchors } = await judge(tip);
    const stranger = plain(objects, [], { tree: treeOf(objects, tip) });
    const merge = plain(objects, [tip, stranger], { tree: treeOf(objects, tip) });
    const since = await judge(merge, anchors ?? [], {}, objects);
    expect(since.before).toBeNull();
    expect(since.findings.map(({ reason: { code } }) => code)).toContain('OUTSIDE_ROOT');
  });

  it('is not begun from what lies in the future by the clock there is now', async () => {
    const [tip = ''] = honest.line.slice(-1);
    const { anchors, clock } = await judge(tip);
    const early = await judge(tip, anchors ?? [], { now: clock - 3600 });
    expect(early.findings.map(({ reason: { code } }) => code)).toContain('FROM_THE_FUTURE');
  });

  it('leaves nothing to begin from where something was refused', async () => {
    const objects = honest.objects.fork();
    const [tip = ''] = honest.line.slice(-1);
    const { anchors } = await judge(tip);
    const bad = plain(objects, [tip], { tree: treeOf(objects, honest.line.at(-4) ?? '') });
    const since = await judge(bad, anchors ?? [], {}, objects);
    expect(since.findings.length).toBeGreaterThan(0);
    expect([since.before, since.anchors]).toEqual([null, null]);
  });

  it('knows of a commit expected before it, and of one that was never there', async () => {
    const [tip = ''] = honest.line.slice(-1);
    const { anchors } = await judge(tip);
    const expecting = async (commit: string): Promise<Verification> =>
      await judge(tip, anchors ?? [], { descends: [{ commit, branch: 'main' }] });
    const old = await expecting(honest.line[2] ?? '');
    expect([old.findings, old.before?.commit]).toEqual([[], tip]);
    const never = await expecting('1'.repeat(40));
    expect(never.findings.map(({ reason: { code } }) => code)).toEqual(['NOT_DESCENDED']);
  });

  it('takes refs beside the branch into account, merged before, merged since and not merged', async () => {
    const objects = honest.objects.fork();
    const [tip = ''] = honest.line.slice(-1);
    const beside = plain(objects, [honest.line.at(-3) ?? '']);
    const sides = [{ ref: 'refs/modelsmith/overrides/a', commit: beside }];
    const merge = plain(objects, [tip, beside], { tree: treeOf(objects, tip) });
    const next = plain(objects, [merge]);
    const fromTip = (await judge(tip, [], { sides }, objects)).anchors ?? [];
    const fromMerge = (await judge(merge, [], { sides }, objects)).anchors ?? [];
    expect(fromMerge[0]?.merged).toEqual([beside]);
    for (const [at, anchors] of [
      [tip, fromTip],
      [next, fromTip],
      [next, fromMerge],
    ] as const) {
      const [since, whole] = [
        await judge(at, anchors, { sides }, objects),
        await judge(at, [], { sides }, objects),
      ];
      expect(since.before).not.toBeNull();
      expect(since.sides).toEqual(whole.sides);
      expect(told(since)).toBe(told(whole));
    }
  });
});

/** Iterations of which not everything was read. */
function unreadIn(tree: TreeFolder): number {
  return linesOf(tree)
    .flatMap((line) => iterationsOf(tree, line))
    .map((iteration) => nodeAt(tree, bundleFolder(iteration)))
    .filter((node) => node?.kind === 'folder' && isPartlyRead(node)).length;
}
