import { openpgpVerifier } from '../../src/adapters/openpgp/verify.ts';
import type { Verification } from '../../src/evidence/verification.ts';
import { verifyHistory } from '../../src/evidence/verify-history.ts';
import type { SignatureVerdict } from '../../src/domain/signature.ts';
import type { Anchor } from '../../src/ports/anchors.ts';
import type { PieceJudges } from '../../src/ports/pieces.ts';
import type { SignatureVerifier } from '../../src/ports/signatures.ts';
import { fileAt } from '../../src/domain/tree.ts';
import { lawOf } from '../../src/machine/law.ts';
import { workshop } from '../attacks/bench.ts';
import type { Bench } from '../attacks/case.ts';
import { GUS, pinnedOn, secondWord, unpinFiles } from '../attacks/pins.ts';
import type { Site } from '../attacks/site.ts';
import { braked, repaired, type Aftermath } from './aftermath.ts';
import { Dice } from './dice.ts';
import { MemoryObjects } from './memory-objects.ts';
import { judgedHere } from './piece-judges.ts';
import { MUTATIONS, type Honest } from './mutations.ts';

export interface Silence {
  readonly seed: number;
  readonly what: string;
}

/**
 * Plays an honest history with real keys, then alters it in as many ways as asked. Each alteration must be noticed; on
 * each a brake must be in force at once, and on each void tip a repair must make the history whole.
 * @param shared as `workshop` has it.
 */
export async function trial(
  count: number,
  seed: number,
  onProgress: (done: number) => void = () => undefined,
  shared: string | null = null,
): Promise<readonly Silence[]> {
  const shop = workshop(shared);
  try {
    const bench = shop.bench('sha1');
    const grounds = [groundOf(await bench.site()), groundOf(...(await pinned(bench)))];
    const judged = await Promise.all(grounds);
    const silences: Silence[] = [];
    for (let turn = 0; turn < count; turn += 1) {
      const dice = new Dice(seed + turn);
      const ground = judged[(seed + turn) % PINNED_EVERY === 0 ? 1 : 0];
      if (ground === undefined) throw new Error('no history to alter');
      const { honest, judge, before, after, verifier } = ground;
      const { what, objects, tip, descends } = await dice.pick(MUTATIONS)(honest, dice);
      if (tip === honest.line.at(-1)) continue;
      const verification = await judge(objects, tip, descends);
      const complain = (how: string): unknown =>
        silences.push({ seed: seed + turn, what: `${what}: ${how}` });
      if (verification.findings.length === 0) complain('not noticed');
      // Nothing else comes out where what was valid a moment ago is not judged again.
      const quick = await judge(objects, tip, descends, [before]);
      if (said(quick) !== said(verification)) complain(`${said(quick)} instead of ${said(verification)}`);
      // Nor where what lies before the tip is let go of.
      const light = await judge(objects, tip, descends, [], true);
      if (told(light) !== told(verification)) complain(`${told(light)} with less kept`);
      // Nor where what comes before an anchor is not judged again.
      const since = await judge(objects, tip, descends, [], true, before.anchors ?? []);
      if (told(since) !== told(verification)) complain(`${told(since)} from an anchor on`);
      // Nor where it is judged in pieces at once.
      const pieces = judgedHere(() => objects.reader(), verifier, 3);
      const joined = await judge(objects, tip, descends, [], true, [], pieces);
      if (told(joined) !== told(verification)) complain(`${told(joined)} in pieces`);
      const hour = honest.now + 1800;
      const brake = await braked(after, objects, tip, hour);
      const tree = (await judge(objects, brake.commit)).commits.at(-1)?.force.tree;
      const conflict = verification.tipIsVoid && verification.commits.at(-1)?.force.tree === null;
      if (!conflict && (tree == null || fileAt(tree, brake.path) === null)) complain('a brake was refused');
      if (!verification.tipIsVoid) continue;
      const repair = await repaired(after, objects, verification, hour);
      if (repair === null) continue;
      const whole = await judge(objects, repair);
      const lightly = await judge(objects, repair, undefined, [], true);
      if (told(lightly) !== told(whole)) complain(`${told(lightly)} with less kept after a repair`);
      const sinceAnchor = await judge(objects, repair, undefined, [], true, before.anchors ?? []);
      if (told(sinceAnchor) !== told(whole))
        complain(`${told(sinceAnchor)} from an anchor on after a repair`);
      const [left] = whole.findings;
      if (left !== undefined) complain(`a repair was refused: ${JSON.stringify(left)}`);
      if (turn % 50 === 0) onProgress(turn);
    }
    return silences;
  } finally {
    shop.dispose();
  }
}

export function told({ findings, settled, tipIsVoid, clock, tree, incidents, counts }: Verification): string {
  return JSON.stringify({ findings, settled, tipIsVoid, clock, tree: tree.id, incidents, counts });
}

function said({ findings, settled, tipIsVoid, clock, commits }: Verification): string {
  const guarded = commits.map((commit) => [...commit.guarded]);
  return JSON.stringify({ findings, settled, tipIsVoid, clock, guarded });
}

/** A history to alter, which is judged as it is. @throws where it is not honest. */
async function groundOf(site: Site, honest = honestOf(site)) {
  const verifier = remembering(openpgpVerifier());
  const judge = (
    objects: MemoryObjects,
    tip: string,
    descends?: string,
    known: readonly Verification[] = [],
    tipOnly = false,
    anchors: readonly Anchor[] = [],
    pieces?: PieceJudges,
  ): Promise<Verification> =>
    verifyHistory(objects.reader(), verifier, {
      tip,
      tipOnly,
      root: site.world.root,
      now: honest.now + 3600,
      objectFormat: 'sha1',
      known,
      anchors,
      ...(pieces !== undefined && { pieces }),
      descends: descends === undefined ? [] : [{ commit: descends, branch: null }],
    });
  const before = await judge(honest.objects, honest.line.at(-1) ?? '');
  if (before.findings.length > 0)
    throw new Error(`the honest history has ${before.findings[0]?.reason.code ?? ''}`);
  const after: Aftermath = {
    honest,
    repository: lawOf(before.tree).repository.id,
    keyOf: (name) => site.world.people.key(name).fingerprint,
  };
  return { honest, judge, before, after, verifier };
}

/** So often it is the history with pins that is altered. */
const PINNED_EVERY = 4;

/** Three iterations served; two people go back to the first, and one of them ends that. */
async function pinned(bench: Bench): Promise<[Site, Honest]> {
  const site = await bench.site('succession-of-three');
  const first = await pinnedOn(site, 'third', { ...GUS, step: { moves: [] } });
  const second = await secondWord(site, first);
  const time = site.timeOf(second) + 600;
  const put = unpinFiles(site, await site.load(second), { ...GUS, time });
  const tip = await site.commit({ on: second, by: 'gus', time, put });
  return [site, honestOf(site, tip, time + 3600)];
}

export function honestOf(site: Site, tip = 'HEAD', now = site.after('deprecated')): Honest {
  return {
    objects: MemoryObjects.load(site.directory, site.box.env),
    line: site.git(['rev-list', '--reverse', tip]).split('\n'),
    now,
    sign: (name, payload, time) => site.signAs(name, payload, time),
  };
}

/** Most commits of an altered history are the honest ones: each signature is verified once. */
export function remembering(verifier: SignatureVerifier): SignatureVerifier {
  const known = new Map<string, Promise<SignatureVerdict>>();
  return {
    ...verifier,
    verify: (payload, armored, keyring, clock, at) => {
      const keys = keyring.map(({ armored: text, refreshes }) => text.length + refreshes.length).join(' ');
      const key = [Buffer.from(payload).toString('base64'), armored, keys, clock, at].join('|');
      const fresh = known.get(key) ?? verifier.verify(payload, armored, keyring, clock, at);
      known.set(key, fresh);
      return fresh;
    },
  };
}
