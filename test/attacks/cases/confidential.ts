import { seal } from '../../../src/domain/document.ts';
import { EvidenceEntry, Erasure } from '../../../src/domain/record.ts';
import { toFileEntries } from '../../../src/machine/file-check.ts';
import { confidentialIn } from '../../../src/machine/confidential.ts';
import { message, standIn, type StandInSpec } from '../../unit/support/confidential.ts';
import { approval, approvalFiles, BUNDLE, bundleIn, header, recordFiles, step, stepFiles } from '../acts.ts';
import { attack, honest, type AttackCase, type Bench, type Target } from '../case.ts';
import type { Person } from '../people.ts';
import type { Files, Forgery, Site } from '../site.ts';

const LIVE = 'attachments/live.jsonl';
const STAND_IN = `${BUNDLE}/${LIVE}.confidential.json`;
const CIPHERTEXT = `${BUNDLE}/${LIVE}.pgp`;
const MINUTE = 60;

/** What `evidence add --confidential` writes, by hand. */
async function brought(
  site: Site,
  on: string,
  time: number,
  files: Readonly<Record<string, string | Uint8Array>>,
): Promise<Files> {
  const world = await site.load(on);
  const { record } = bundleIn(world);
  const made = Object.entries(files).map(([path, bytes]) => ({
    path,
    bytes: typeof bytes === 'string' ? new TextEncoder().encode(bytes) : bytes,
  }));
  const evidence = seal(EvidenceEntry, {
    ...header(site, world, 'evidence', { who: 'trainer', role: 'pipeline', time }, [record.request.id]),
    files: toFileEntries(made),
    answers: [],
  } as never);
  return {
    ...recordFiles({ ...record, evidence: [...record.evidence, evidence] }),
    ...Object.fromEntries(made.map(({ path, bytes }) => [`${BUNDLE}/${path}`, bytes])),
  };
}

interface EraseSpec {
  readonly by?: Person;
  readonly role?: string;
  /** Over any field of the entry before it is sealed. */
  readonly changes?: object;
}

/** What `erase` writes into the record. */
async function erased(site: Site, on: string, time: number, spec: EraseSpec = {}): Promise<Files> {
  const world = await site.load(on);
  const bundle = bundleIn(world);
  const { record } = bundle;
  const { by = 'omar', role = 'data-owner', changes = {} } = spec;
  const known = confidentialIn(bundle).find(({ path }) => path === LIVE);
  const erasure = seal(Erasure, {
    ...header(site, world, 'erase', { who: by, role, time }, [record.request.id]),
    files: [{ path: LIVE, size: known?.file.size ?? 1, sha256: known?.file.sha256 ?? '0'.repeat(64) }],
    reason: 'asked for',
    ...changes,
  } as never);
  return recordFiles({ ...record, erasures: [...(record.erasures ?? []), erasure] });
}

/** A sealed attachment that the pipeline brought. */
async function held(bench: Bench, spec: StandInSpec = {}): Promise<{ site: Site; on: string; time: number }> {
  const site = await bench.site('checked');
  const time = site.after('scanned');
  const put = await brought(site, site.at('scanned'), time, standIn(LIVE, spec));
  return { site, on: await site.commit({ on: 'scanned', by: 'trainer', time, put }), time: time + MINUTE };
}

/** Only what the pipeline brings. */
const bringing =
  (files: Readonly<Record<string, string | Uint8Array>>) =>
  async (bench: Bench): Promise<Target> => {
    const site = await bench.site('checked');
    const time = site.after('scanned');
    const put = await brought(site, site.at('scanned'), time, files);
    return site.target(await site.commit({ on: 'scanned', by: 'trainer', time, put }));
  };

/** An erasure, and whatever is done to the files with it. */
const erasing =
  (spec: EraseSpec, forgery: Partial<Forgery> = { remove: [CIPHERTEXT] }) =>
  async (bench: Bench): Promise<Target> => {
    const { site, on, time } = await held(bench);
    const put = { ...(await erased(site, on, time, spec)), ...forgery.put };
    return site.target(await site.commit({ on, by: spec.by ?? 'omar', time, ...forgery, put }));
  };

/** Files changed without an act. */
const tampering =
  (by: Person, forgery: Partial<Forgery>) =>
  async (bench: Bench): Promise<Target> => {
    const { site, on, time } = await held(bench);
    return site.target(await site.commit({ on, by, time, ...forgery }));
  };

/** The same after the content was erased. */
async function afterErasure(
  bench: Bench,
  files: Readonly<Record<string, string | Uint8Array>>,
): Promise<Target> {
  const { site, on, time } = await held(bench);
  const gone = await site.commit({
    ...{ on, by: 'omar', time, remove: [CIPHERTEXT] },
    put: await erased(site, on, time),
  });
  const put = await brought(site, gone, time + MINUTE, files);
  return site.target(await site.commit({ on: gone, by: 'trainer', time: time + MINUTE, put }));
}

/** An erasure on one branch, a sign-off of the same on another, and what a merge of both is. */
async function apart(bench: Bench, more: Partial<Forgery> = {}): Promise<Target> {
  const { site, on, time } = await held(bench);
  const gone = await site.commit({
    ...{ on, by: 'omar', time, remove: [CIPHERTEXT] },
    put: await erased(site, on, time),
  });
  const world = await site.load(on);
  const signed = approvalFiles(
    approval(site, world, { who: 'omar', role: 'operator', gate: 'operator-signoff', time }),
  );
  const other = await site.commit({ on, by: 'omar', time, put: signed });
  const put = { ...signed, ...more.put };
  return site.target(await site.commit({ on: [gone, other], by: null, time: time + MINUTE, ...more, put }));
}

const both = standIn(LIVE);

export const CONFIDENTIAL_CASES: readonly AttackCase[] = [
  honest('Y1.control', 'a sealed attachment, erased by a data owner', erasing({})),
  honest('Y1.control-outside', 'content that is kept outside, erased by a data owner', async (bench) => {
    const { site, on, time } = await held(bench, { ciphertext: null });
    return site.target(await site.commit({ on, by: 'omar', time, put: await erased(site, on, time) }));
  }),
  honest('Y1.control-signed', 'a sign-off given before the erasure, used after it', async (bench) => {
    const { site, on, time } = await held(bench);
    const world = await site.load(on);
    const roles = ['data-owner', 'model-owner', 'release-owner', 'security-owner', 'software-owner'];
    const entries = ['operator', ...roles].map((role) =>
      approval(site, world, { who: 'omar', role, gate: 'operator-signoff', time }),
    );
    const signed = await site.commit({ on, by: 'omar', time, put: approvalFiles(...entries) });
    const later = time + MINUTE;
    const put = await erased(site, signed, later);
    const gone = await site.commit({ on: signed, by: 'omar', time: later, put, remove: [CIPHERTEXT] });
    const then = await site.load(gone);
    const taken = step(site, then, {
      ...{ who: 'omar', role: 'operator', time: later + MINUTE, to: 'customer-deployed' },
      reliedOn: entries.map(({ id }) => id),
    });
    return site.target(
      await site.commit({ on: gone, by: 'omar', time: later + MINUTE, put: stepFiles(then, taken) }),
    );
  }),
  attack(
    'Y1.clear-as-sealed',
    'what is in the clear as its ciphertext',
    'CONFIDENTIAL_UNSOUND',
    bringing(standIn(LIVE, { ciphertext: new TextEncoder().encode('a real claim') })),
  ),
  attack(
    'Y1.smuggled',
    'something in the clear behind a ciphertext',
    'CONFIDENTIAL_UNSOUND',
    bringing(standIn(LIVE, { ciphertext: new Uint8Array([...message(), 97, 98]) })),
  ),
  attack(
    'Y1.unnamed',
    'a ciphertext that nothing stands for',
    'CONFIDENTIAL_UNSOUND',
    bringing({
      [`${LIVE}.pgp`]: message(),
    }),
  ),
  attack(
    'Y1.beside',
    'the content in the clear beside its stand-in',
    'CONFIDENTIAL_UNSOUND',
    bringing({
      ...both,
      [LIVE]: 'live input',
    }),
  ),
  attack(
    'Y1.recipients',
    'other recipients than the ciphertext has',
    'CONFIDENTIAL_UNSOUND',
    bringing(standIn(LIVE, { recipients: ['F'.repeat(16)] })),
  ),
  attack('Y2.operator', 'an erasure by an operator', 'ROLE_CANNOT', erasing({ role: 'operator' })),
  attack(
    'Y2.not-held',
    'an erasure by somebody who is no data owner',
    'ROLE_NOT_HELD',
    erasing({ by: 'otto' }),
  ),
  attack('Y2.machine', 'an erasure by the pipeline', 'HUMAN_REQUIRED', erasing({ by: 'trainer' })),
  attack(
    'Y2.unsaid',
    'a ciphertext that vanishes without an erasure',
    'UNEXPLAINED_CHANGE',
    async (bench) => {
      const { site, on, time } = await held(bench);
      const put = await brought(site, on, time, { 'attachments/x.txt': 'x' });
      return site.target(await site.commit({ on, by: 'trainer', time, put, remove: [CIPHERTEXT] }));
    },
  ),
  attack(
    'Y2.alone',
    'nothing but a ciphertext that vanishes',
    'NO_ACT',
    tampering('omar', { remove: [CIPHERTEXT] }),
  ),
  attack(
    'Y2.replaced',
    'another ciphertext in its place',
    'NO_ACT',
    tampering('trainer', { put: { [CIPHERTEXT]: message(undefined, [1, 5]) } }),
  ),
  attack('Y2.kept', 'an erasure that leaves the ciphertext', 'UNEXPLAINED_CHANGE', erasing({}, {})),
  attack(
    'Y2.stand-in',
    'an erasure that takes the stand-in, too',
    'ENTRY_REMOVED',
    erasing({}, { remove: [CIPHERTEXT, STAND_IN] }),
  ),
  attack(
    'Y2.more',
    'an erasure that takes a model card along',
    'ENTRY_REMOVED',
    erasing({}, { remove: [CIPHERTEXT, `${BUNDLE}/model-card.md`] }),
  ),
  attack(
    'Y2.other-file',
    'an erasure of a file that is not confidential',
    'ERASE_UNKNOWN',
    erasing({ changes: { files: [{ path: 'model-card.md', size: 1, sha256: 'a'.repeat(64) }] } }),
  ),
  attack(
    'Y2.other-content',
    'an erasure of another content',
    'FILE_DIFFERS',
    erasing({ changes: { files: [{ path: LIVE, size: 10, sha256: 'a'.repeat(64) }] } }),
  ),
  attack('Y2.again', 'erased content that comes back', 'CONFIDENTIAL_UNSOUND', async (bench) => {
    const { site, on, time } = await held(bench);
    const put = await erased(site, on, time);
    const gone = await site.commit({ on, by: 'omar', time, put, remove: [CIPHERTEXT] });
    const back = await brought(site, gone, time + MINUTE, both);
    return site.target(await site.commit({ on: gone, by: 'trainer', time: time + MINUTE, put: back }));
  }),
  attack('Y2.unsigned', 'an erasure that nobody signed', 'UNSIGNED', async (bench) => {
    const { site, on, time } = await held(bench);
    const put = await erased(site, on, time);
    return site.target(await site.commit({ on, by: null, time, put, remove: [CIPHERTEXT] }));
  }),
  attack(
    'Y2.elsewhere',
    'erased content that comes back under another name',
    'CONFIDENTIAL_UNSOUND',
    (bench) => afterErasure(bench, standIn('attachments/other.jsonl')),
  ),
  attack('Y2.open', 'erased content that comes back in the clear', 'CONFIDENTIAL_UNSOUND', (bench) =>
    afterErasure(bench, { 'attachments/other.jsonl': 'live input' }),
  ),
  honest('Y2.merged', 'an erasure on one branch and a sign-off on another, merged', (bench) => apart(bench)),
  attack(
    'Y2.undone',
    'a merge with a sign-off that brings the ciphertext back',
    'MERGE_NOT_MECHANICAL',
    (bench) => apart(bench, { put: { [CIPHERTEXT]: message() } }),
  ),
  attack('Y2.both', 'two branches that both erased, merged', 'MERGE_CONFLICT', async (bench) => {
    const { site, on, time } = await held(bench);
    const one = await site.commit({
      ...{ on, by: 'omar', time, remove: [CIPHERTEXT] },
      put: await erased(site, on, time),
    });
    const two = await site.commit({
      ...{ on, by: 'omar', time: time + MINUTE, remove: [CIPHERTEXT] },
      put: await erased(site, on, time + MINUTE),
    });
    return site.target(await site.commit({ on: [one, two], by: null, time: time + 2 * MINUTE }));
  }),
];
