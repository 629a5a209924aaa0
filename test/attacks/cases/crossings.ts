import { enums, readPrivateKey, revokeKey } from 'openpgp';
import { LINE, ROLLBACK_TEXT } from '../../../src/commands/demo/material.ts';
import { sha256 } from '../../../src/base/digest.ts';
import { seal } from '../../../src/domain/document.ts';
import { EvidenceEntry } from '../../../src/domain/record.ts';
import { BUNDLE, bundleIn, header, recordFiles } from '../acts.ts';
import { brake, inForce, repair } from '../brakes.ts';
import { attack, type AttackCase, type Bench, type Target } from '../case.ts';
import { change, newcomer, PEOPLE } from '../changes.ts';
import { refreshFiles } from '../refreshed.ts';
import type { Person } from '../people.ts';
import type { Files, Site } from '../site.ts';

/** Omar replaces the rollback procedure, as he may while nobody has decided on it. */
async function otherProcedure(site: Site, on: 'evidenced', time: number): Promise<string> {
  const world = await site.load(site.at(on));
  const { record } = bundleIn(world);
  const bytes = new TextEncoder().encode(`${ROLLBACK_TEXT}\nThen tell the customer.\n`);
  const name = 'rollback-procedure.md';
  const entry = seal(EvidenceEntry, {
    ...header(site, world, 'evidence', { who: 'omar', role: 'operator', time }, [record.request.id]),
    files: [{ path: name, size: bytes.length, sha256: sha256(bytes) }],
    answers: [],
  } as never);
  const put: Files = {
    [`${BUNDLE}/${name}`]: bytes,
    ...recordFiles({ ...record, evidence: [...record.evidence, entry] }),
  };
  return await site.commit({ on, by: 'omar', time, put });
}

/**
 * Two commits on top of a run have it in common, so neither moved it against the other. A third side from before the run moved
 * the same bundle: the run must not go unsaid.
 */
const dropped = async (bench: Bench): Promise<Target> => {
  const site = await bench.site();
  const time = site.after('accepted');
  const code = (name: string) =>
    site.commit({ on: 'accepted', by: null, time, put: { [`src/${name}.py`]: 'print(1)\n' } });
  const sides = [await code('one'), await code('two'), await otherProcedure(site, 'evidenced', time)];
  const [, , other = ''] = sides;
  const tree = site.treeOf(other);
  const merge = await site.commit({ on: sides, by: null, time, tree });
  const made = await repair(site, {
    ...{ on: merge, base: sides, restores: other, setAside: [merge], who: 'omar', role: 'operator' },
    time: time + 60,
  });
  return site.target(made.commit);
};

/** Omar's own word that his key was stolen comes in on one side; the thief signs on the other. */
const revokedMeanwhile = async (bench: Bench): Promise<Target> => {
  const site = await bench.site();
  const { fingerprint, privateArmored } = site.world.people.key('omar');
  const time = site.after('exported');
  const { publicKey } = await revokeKey({
    key: await readPrivateKey({ armoredKey: privateArmored }),
    reasonForRevocation: { flag: enums.reasonForRevocation.keyCompromised, string: 'stolen' },
    date: new Date(time * 1000),
    format: 'armored',
  });
  const put = refreshFiles(fingerprint, publicKey);
  const revoked = await site.commit({ on: 'exported', by: 'dora', time, put });
  const signed = site.at('deployed');
  const tree = await site.treeWith(signed, put);
  return site.target(
    await site.commit({ on: [revoked, signed], by: null, tree, time: site.after('deployed') }),
  );
};

/** Git takes the brake for merged. It stands behind more parents than were looked at. */
const behindMany = async (bench: Bench): Promise<Target> => {
  const site = await bench.site();
  const main = await site.commit({ on: 'validated', by: null, put: { 'src/train.py': 'print(1)\n' } });
  const braked = await brake(site, 'validated', { brake: { act: 'suspend-signer', signer: 'omar' } });
  const tree = site.treeOf(main);
  const on = [...Array.from({ length: 200 }, () => main), braked];
  const merge = await site.commit({ on, by: null, tree });
  const made = await repair(site, { on: merge, base: [main], setAside: [merge] });
  return site.target(made.commit);
};

const NORA = { who: 'nora' as Person, key: 'mallory' } as const;
const FREEZE = { act: 'freeze', line: LINE, alias: 'production' };

const enrolsNora = (site: Site, on: string): Promise<string> =>
  change(site, on, newcomer(site, 'nora', 'mallory', ['override']), PEOPLE);

/** A merge by force of two branches that dispute something. */
async function forced(site: Site, one: string, other: string): Promise<string> {
  const tree = site.treeOf(other);
  return await site.commit({ on: [one, other], by: null, tree });
}

/** Who may pull the brake came in after the branch that somebody merges by force. She pulls it on top, or in a ref of its own. */
const oldFork =
  (aside: boolean) =>
  async (bench: Bench): Promise<Target> => {
    const site = await bench.site();
    const law = await enrolsNora(site, site.at('exported'));
    const merge = await forced(site, law, site.at('deployed'));
    const braked = await brake(site, aside ? law : merge, { ...NORA, brake: FREEZE });
    if (aside) site.git(['update-ref', `refs/modelsmith/overrides/${'b'.repeat(64)}`, braked]);
    return site.target(aside ? merge : braked, { check: inForce('freeze') });
  };

/** She came in by people who were suspended on the other side. */
const barredFork = async (bench: Bench): Promise<Target> => {
  const site = await bench.site();
  const suspended = await brake(site, 'exported', { brake: { act: 'suspend-signer', signer: 'otto' } });
  const law = await enrolsNora(site, site.at('exported'));
  const merge = await forced(site, suspended, law);
  return site.target(await brake(site, merge, { ...NORA, brake: FREEZE }), {
    check: inForce('suspend-signer'),
  });
};

export const CROSSING_CASES: readonly AttackCase[] = [
  attack(
    'H16e.dropped',
    'three sides are merged: two have a run in common, the third moved the bundle before it; one person repairs the run away',
    'REPAIR_DIFFERS',
    dropped,
  ),
  attack(
    'H9.revoked-by-himself',
    'somebody’s own revocation comes in on one side, his stolen key signs on the other, merged',
    'ENDED_BEFORE_MERGE',
    revokedMeanwhile,
  ),
  attack(
    'H15f.behind-many',
    'a brake is merged as the last of many parents; one person repairs it away',
    'REPAIR_DIFFERS',
    behindMany,
  ),
  attack(
    'G9.forced-merge',
    'an old branch is merged by force; whoever may pull the brake since does so on top',
    'MERGE_CONFLICT',
    oldFork(false),
  ),
  attack(
    'G9.forced-merge-aside',
    'the same, and she does so in a ref of its own',
    'MERGE_CONFLICT',
    oldFork(true),
  ),
  attack(
    'G9.forced-merge-barred',
    'somebody enrolled on a branch by people suspended on the other pulls a brake on their merge: not in force',
    'ENDED_BEFORE_MERGE',
    barredFork,
  ),
];
