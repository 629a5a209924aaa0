import { openpgpVerifier } from '../../src/adapters/openpgp/verify.ts';
import { verifyHistory, type Verification } from '../../src/evidence/verify-history.ts';
import type { SignatureVerdict } from '../../src/domain/signature.ts';
import type { SignatureVerifier } from '../../src/ports/signatures.ts';
import { workshop } from '../attacks/bench.ts';
import type { Site } from '../attacks/site.ts';
import { Dice } from './dice.ts';
import { MemoryObjects } from './memory-objects.ts';
import { MUTATIONS, type Honest } from './mutations.ts';

export interface Silence {
  readonly seed: number;
  readonly what: string;
}

/** Plays an honest history with real keys, then alters it in as many ways as asked and looks for one nobody notices. */
export async function trial(
  count: number,
  seed: number,
  onProgress: (done: number) => void = () => undefined,
): Promise<readonly Silence[]> {
  const shop = workshop();
  try {
    const site = await shop.bench('sha1').site();
    const honest = honestOf(site);
    const verifier = remembering(openpgpVerifier());
    const judge = (objects: MemoryObjects, tip: string, descends?: string): Promise<Verification> =>
      verifyHistory(objects.reader(), verifier, {
        tip,
        root: site.world.root,
        now: honest.now + 3600,
        objectFormat: 'sha1',
        ...(descends !== undefined && { descends }),
      });
    const before = await judge(honest.objects, honest.line.at(-1) ?? '');
    if (before.findings.length > 0)
      throw new Error(`the honest history has ${before.findings[0]?.reason.code ?? ''}`);
    const silences: Silence[] = [];
    for (let turn = 0; turn < count; turn += 1) {
      const dice = new Dice(seed + turn);
      const { what, objects, tip, descends } = await dice.pick(MUTATIONS)(honest, dice);
      const unchanged = tip === honest.line.at(-1);
      if (!unchanged && (await judge(objects, tip, descends)).findings.length === 0)
        silences.push({ seed: seed + turn, what });
      if (turn % 50 === 0) onProgress(turn);
    }
    return silences;
  } finally {
    shop.dispose();
  }
}

function honestOf(site: Site): Honest {
  return {
    objects: MemoryObjects.load(site.directory, site.box.env),
    line: site.git(['rev-list', '--reverse', 'HEAD']).split('\n'),
    now: site.after('deprecated'),
    sign: (name, payload, time) => site.signAs(name, payload, time),
  };
}

/** Most commits of an altered history are the honest ones: each signature is verified once. */
function remembering(verifier: SignatureVerifier): SignatureVerifier {
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
