import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { openpgpVerifier } from '../../src/adapters/openpgp/verify.ts';
import type { Verification, VerifyOptions } from '../../src/evidence/verification.ts';
import { verifyHistory } from '../../src/evidence/verify-history.ts';
import type { SoundPiece } from '../../src/ports/pieces.ts';
import { workshop } from '../attacks/bench.ts';
import type { Site } from '../attacks/site.ts';
import type { Honest } from './mutations.ts';
import { judgedHere } from './piece-judges.ts';
import { honestOf, remembering, told } from './trial.ts';

describe('a history judged in pieces at once', () => {
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
    more: Partial<VerifyOptions> = {},
    objects = honest.objects,
  ): Promise<Verification> =>
    verifyHistory(objects.reader(), verifier, {
      ...{ tip, tipOnly: true, root: site.world.root, now: honest.now + 3600, objectFormat: 'sha1' },
      ...more,
    });
  /** A commit nobody signed, with the tree of another one. */
  const plain = (objects: Honest['objects'], like: string, parents: readonly string[]): string => {
    const tree = /^tree ([0-9a-f]+)/.exec(objects.bytes(like).toString('latin1'))?.[1] ?? '';
    const who = 'a <a@example.org> 1 +0000';
    const lines = [
      `tree ${tree}`,
      ...parents.map((id) => `parent ${id}`),
      `author ${who}`,
      `committer ${who}`,
    ];
    return objects.put('commit', Buffer.from(`${lines.join('\n')}\n\nx\n`));
  };
  const end = (): string => honest.line.at(-1) ?? '';

  const inPieces = async (
    tip: string,
    count: number,
    more: Partial<VerifyOptions> = {},
    objects = honest.objects,
  ): Promise<Verification> => {
    const pieces = judgedHere(() => objects.reader(), verifier, count);
    return await judge(tip, { ...more, pieces }, objects);
  };

  const isInPieces = ({ commits, counts }: Verification): boolean => commits.length < counts.commits;

  it('gives the same at every commit, in two pieces, three or many', async () => {
    let cut = 0;
    for (const tip of honest.line.slice(1)) {
      const whole = await judge(tip);
      for (const count of [2, 3, 8]) {
        const found = await inPieces(tip, count);
        expect(told(found)).toBe(told(whole));
        expect(found.before).toBeNull();
        expect(found.anchors?.[0]).toEqual(whole.anchors?.[0]);
        if (isInPieces(found)) cut += 1;
      }
    }
    expect(cut).toBeGreaterThan(honest.line.length);
  }, 240_000);

  it('leaves anchors that are those of the whole where both have one', async () => {
    const whole = new Map((await judge(end())).anchors?.map((anchor) => [anchor.commit, anchor]));
    const { anchors } = await inPieces(end(), 3);
    const both = anchors?.filter(({ commit }) => whole.has(commit)) ?? [];
    expect(both.length).toBeGreaterThan(1);
    for (const anchor of both) expect(anchor).toEqual(whole.get(anchor.commit));
  });

  it('is not believed where a piece before the last is not valid, says another time, or is not judged', async () => {
    const whole = told(await judge(end()));
    const lie = async (change: (piece: SoundPiece) => SoundPiece | null): Promise<boolean> => {
      const judges = judgedHere(() => honest.objects.reader(), verifier, 3);
      const pieces = {
        ...judges,
        judge: async (piece: Parameters<typeof judges.judge>[0]) => {
          const found = await judges.judge(piece);
          return found === null ? null : change(found);
        },
      };
      const found = await judge(end(), { pieces });
      expect(told(found)).toBe(whole);
      return isInPieces(found);
    };
    expect(await lie((piece) => piece)).toBe(true);
    expect(await lie(() => null)).toBe(false);
    expect(await lie((piece) => ({ ...piece, clock: piece.clock + 1 }))).toBe(false);
    expect(await lie((piece) => ({ ...piece, assumed: (piece.assumed ?? 0) + 1 }))).toBe(false);
    expect(await lie((piece) => ({ ...piece, heldBytes: Number.MAX_SAFE_INTEGER }))).toBe(false);
  });

  it('is judged in its order where anything in any piece is void', async () => {
    for (const at of [2, honest.line.length >> 1, honest.line.length - 2]) {
      const objects = honest.objects.fork();
      let parent = honest.line[at - 1] ?? '';
      // Unsigned, everything that follows included.
      for (const id of honest.line.slice(at)) parent = plain(objects, id, [parent]);
      const found = await inPieces(parent, 3, {}, objects);
      expect(found.findings.length).toBeGreaterThan(0);
      expect(told(found)).toBe(told(await judge(parent, {}, objects)));
    }
  });

  it('takes refs beside the branch into account, wherever they left it', async () => {
    for (const at of [1, honest.line.length >> 1, honest.line.length - 1]) {
      const objects = honest.objects.fork();
      const left = honest.line[at] ?? '';
      const beside = plain(objects, left, [left]);
      const sides = [
        { ref: 'refs/modelsmith/overrides/a', commit: beside },
        { ref: 'refs/modelsmith/overrides/b', commit: honest.line[3] ?? '' },
      ];
      const found = await inPieces(end(), 3, { sides }, objects);
      const whole = await judge(end(), { sides }, objects);
      expect(found.sides).toEqual(whole.sides);
      expect(told(found)).toBe(told(whole));
      expect(found.anchors?.[0]).toEqual(whole.anchors?.[0]);
    }
  });

  it('is judged in its order where other history comes in beside it', async () => {
    const objects = honest.objects.fork();
    const stranger = plain(objects, end(), []);
    const found = await inPieces(plain(objects, end(), [end(), stranger]), 3, {}, objects);
    expect(found.findings.map(({ reason: { code } }) => code)).toContain('OUTSIDE_ROOT');
  });
});
