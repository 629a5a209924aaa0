import { seal } from '../../../src/domain/document.ts';
import { SafeName, toIterationId } from '../../../src/domain/names.ts';
import { receiptFile } from '../../../src/domain/paths.ts';
import { Receipt, receiptDocument } from '../../../src/domain/receipt.ts';
import { receiptRelies } from '../../../src/machine/acts/receipt.ts';
import { placeDigest, targetNamed } from '../../../src/machine/targets.ts';
import { approval, approvalFiles, BUNDLE, bundleIn, header, step, stepFiles } from '../acts.ts';
import { attack, honest, type AttackCase, type Bench, type Target } from '../case.ts';
import type { Person } from '../people.ts';
import type { Files, Site } from '../site.ts';

interface Spec {
  readonly target?: string;
  readonly outcome?: 'live' | 'removed';
  readonly by?: Person;
  readonly role?: string;
  /** Over any field before the entry is sealed. */
  readonly changes?: object;
  /** Over the text once it is signed. */
  readonly text?: (text: string) => string;
}

/** What `reconcile` and `receipt add` write, by hand. @param on the commit it is made for. */
async function receipt(site: Site, on: string, time: number, spec: Spec = {}): Promise<Files> {
  const { target: name = 'cluster', outcome = 'live', changes = {}, text = (same: string) => same } = spec;
  const { by = name === 'acme' ? 'omar' : 'trainer' } = spec;
  const { role = by === 'trainer' ? 'reconciler' : 'operator' } = spec;
  const world = await site.load(on);
  const bundle = bundleIn(world);
  const target = targetNamed(world.law, SafeName.parse(name));
  const entry = seal(Receipt, {
    schema: 'modelsmith/receipt/v1',
    ...header(site, world, 'receipt', { who: by, role, time }, receiptRelies(bundle)),
    iteration: toIterationId(bundle.iteration),
    target: name,
    place: target === null ? '0'.repeat(64) : placeDigest({ name: SafeName.parse(name), target }),
    artifact: bundle.record.request.artifact.digest,
    manifest: bundle.record.export?.manifest.sha256 ?? '0'.repeat(64),
    outcome,
    seen: 'It answered.',
    ...changes,
  } as never);
  return { [`${BUNDLE}/${receiptFile(entry.id)}`]: text(receiptDocument.print(entry)) };
}

const recorded =
  (spec: Spec, label: 'exported' | 'deployed' = 'deployed') =>
  async (bench: Bench): Promise<Target> => {
    const site = await bench.site('delivered');
    const time = site.after(label);
    const put = await receipt(site, site.at(label), time, spec);
    const by = spec.by ?? (spec.target === 'acme' ? 'omar' : 'trainer');
    return site.target(await site.commit({ on: label, by, time, put }));
  };

/** Both receipts, then whatever comes between, then both gates and the last step. */
const released =
  (between: readonly Spec[]) =>
  async (bench: Bench): Promise<Target> => {
    const site = await bench.site('delivered');
    let time = site.after('deployed');
    let on = site.at('deployed');
    const receipts: string[] = [];
    for (const spec of [{}, { target: 'acme' }] satisfies readonly Spec[]) {
      const put = await receipt(site, on, time, spec);
      receipts.push(...Object.keys(put).map((path) => path.slice(-69, -5)));
      on = await site.commit({ on, by: spec.target === undefined ? 'trainer' : 'omar', time, put });
      time += 60;
    }
    const words = await site.load(on);
    const expert = approval(site, words, { who: 'dora', gate: 'domain-validation', time });
    on = await site.commit({ on, by: 'dora', time, put: approvalFiles(expert) });
    for (const spec of between) {
      time += 60;
      on = await site.commit({ on, by: 'trainer', time, put: await receipt(site, on, time, spec) });
    }
    time += 60;
    const world = await site.load(on);
    const governance = approval(site, world, { who: 'gus', gate: 'governance-approval', time });
    const taken = step(site, world, {
      ...{ who: 'gus', role: 'governance-approver', time, to: 'production-validated' },
      reliedOn: [expert.id, governance.id, ...receipts] as never,
    });
    const put = { ...approvalFiles(governance), ...stepFiles(world, taken, [governance]) };
    return site.target(await site.commit({ on, by: 'gus', time, put }));
  };

export const RECEIPT_CASES: readonly AttackCase[] = [
  honest(
    'Z1.control',
    'receipts by the machine and by an operator, and people who build on them',
    released([]),
  ),
  honest('Z1.control-removed', 'a receipt that it was taken away', recorded({ outcome: 'removed' })),
  honest(
    'Z1.control-external',
    'an operator’s receipt where no machine reaches',
    recorded({ target: 'acme' }),
  ),
  attack('Z1.pipeline', 'a receipt by the pipeline', 'ROLE_CANNOT', recorded({ role: 'pipeline' })),
  attack(
    'Z1.person',
    'a receipt by a person where a machine reaches',
    'ROLE_CANNOT',
    recorded({ by: 'omar' }),
  ),
  attack(
    'Z1.forged-external',
    'a machine says what only a person can have seen',
    'HUMAN_REQUIRED',
    recorded({ target: 'acme', by: 'trainer' }),
  ),
  attack(
    'Z1.forged-operator',
    'a machine says it as an operator',
    'HUMAN_REQUIRED',
    recorded({ target: 'acme', by: 'trainer', role: 'operator' }),
  ),
  attack(
    'Z1.other-artifact',
    'a receipt for another artifact',
    'RECEIPT_DIFFERS',
    recorded({ changes: { artifact: 'a'.repeat(64) } }),
  ),
  attack(
    'Z1.other-export',
    'a receipt for another manifest',
    'RECEIPT_DIFFERS',
    recorded({ changes: { manifest: 'a'.repeat(64) } }),
  ),
  attack(
    'Z1.other-place',
    'a receipt for another place under the name of the target',
    'RECEIPT_DIFFERS',
    recorded({ changes: { place: 'a'.repeat(64) } }),
  ),
  attack(
    'Z1.unknown',
    'a receipt for a target nobody described',
    'TARGET_UNKNOWN',
    recorded({ target: 'moon' }),
  ),
  attack(
    'Z1.other-line',
    'a receipt for a target of other lines',
    'TARGET_UNKNOWN',
    recorded({ target: 'spare' }),
  ),
  attack('Z1.too-soon', 'a receipt before it went to customers', 'STATE_OTHER', recorded({}, 'exported')),
  attack(
    'Z1.other-words',
    'a receipt that says another thing than was signed',
    'ENTRY_ID_FALSE',
    recorded({ text: (text) => text.replace('"live"', '"removed"') }),
  ),
  attack('Z1.taken-away', 'a receipt taken out later', 'ENTRY_REMOVED', async (bench) => {
    const site = await bench.site('delivered');
    const time = site.after('deployed');
    const put = await receipt(site, site.at('deployed'), time, { outcome: 'removed' });
    const on = await site.commit({ on: 'deployed', by: 'trainer', time, put });
    return site.target(await site.commit({ on, by: 'trainer', time: time + 60, remove: Object.keys(put) }));
  }),
  attack('Z1.altered-later', 'a receipt altered later', 'ENTRY_ALTERED', async (bench) => {
    const site = await bench.site('delivered');
    const time = site.after('deployed');
    const put = await receipt(site, site.at('deployed'), time, { outcome: 'removed' });
    const on = await site.commit({ on: 'deployed', by: 'trainer', time, put });
    const [path = ''] = Object.keys(put);
    const [text = ''] = Object.values(put);
    const other = { [path]: String(text).replace('"removed"', '"live"') };
    return site.target(await site.commit({ on, by: 'trainer', time: time + 60, put: other }));
  }),
  attack(
    'Z1.missing',
    'an expert’s approval of what is not known to be live',
    'RECEIPT_MISSING',
    async (bench) => {
      const site = await bench.site('delivered');
      const time = site.after('deployed');
      const world = await site.load(site.at('deployed'));
      const put = approvalFiles(approval(site, world, { who: 'dora', gate: 'domain-validation', time }));
      return site.target(await site.commit({ on: 'deployed', by: 'dora', time, put }));
    },
  ),
  attack(
    'Z1.removed-since',
    'a step to production past a receipt that it was taken away',
    'RECEIPT_MISSING',
    released([{ outcome: 'removed' }]),
  ),
];
