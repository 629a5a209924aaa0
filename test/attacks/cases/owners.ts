import { seal } from '../../../src/domain/document.ts';
import type { Approval } from '../../../src/domain/approval.ts';
import { Request } from '../../../src/domain/request.ts';
import { approval, approvalFiles, BUNDLE, bundleIn, header, recordFiles, step, stepFiles } from '../acts.ts';
import { attack, honest, type AttackCase, type Bench, type Target } from '../case.ts';
import type { Person } from '../people.ts';
import type { Label } from '../world.ts';

const GATE = 'operator-signoff';

interface Word {
  readonly who: Person;
  readonly role: string;
}

/** What somebody signs at the operator's gate, with the transition, on a point where some owners have signed already. */
const signed =
  (on: Label, words: readonly Word[], move = true) =>
  async (bench: Bench): Promise<Target> => {
    const site = await bench.site('owned');
    const world = await site.load(site.at(on));
    const time = site.after(on);
    const entries = words.map(({ who, role }) => approval(site, world, { who, role, gate: GATE, time }));
    const [first] = words;
    if (first === undefined) throw new Error('nobody signs');
    const reliedOn = [...bundleIn(world).approvals, ...entries].map(({ id }) => id);
    const taken = step(site, world, { ...first, time, to: 'customer-deployed', reliedOn });
    const put = { ...approvalFiles(...entries), ...(move ? stepFiles(world, taken, entries) : {}) };
    return site.target(await site.commit({ on, by: first.who, time, put }));
  };

const OMAR: Word = { who: 'omar', role: 'operator' };

/** The honest request with one thing changed. */
const requested = (changes: (request: Request) => object) => async (bench: Bench) => {
  const site = await bench.site('owned');
  const time = site.after('lock', 30);
  const world = await site.load(site.at('lock'));
  const { record } = bundleIn(await site.load(site.at('requested')));
  const request = seal(Request, {
    ...record.request,
    ...header(site, world, 'request', { who: 'trainer', role: 'pipeline', time }, record.request.reliedOn),
    ...changes(record.request),
  });
  const rubric = site.git(['show', `${site.at('requested')}:${BUNDLE}/rubric.json`]) + '\n';
  const put = { ...recordFiles({ ...record, request }), [`${BUNDLE}/rubric.json`]: rubric };
  return site.target(await site.commit({ on: 'lock', by: 'trainer', time, put }));
};

const flags =
  (more: Readonly<Record<string, boolean>>) =>
  ({ change }: Request) => ({
    change: {
      ...change,
      flags: Object.entries({
        ...Object.fromEntries(change.flags.map(({ name, value }) => [name, value])),
        ...more,
      })
        .map(([name, value]) => ({ name, value }))
        .sort((a, b) => (a.name < b.name ? -1 : 1)),
    },
  });

/** The owner's word, over whatever it says. */
const altered = (changes: (entry: Approval) => object) => async (bench: Bench) => {
  const site = await bench.site('owned');
  const world = await site.load(site.at('exported'));
  const time = site.after('exported');
  const word = { who: 'otto', role: 'security-owner', gate: GATE, time } as const;
  const put = approvalFiles(
    approval(site, world, { ...word, changes: changes(approval(site, world, word)) }),
  );
  return site.target(await site.commit({ on: 'exported', by: 'otto', time, put }));
};

export const OWNER_CASES: readonly AttackCase[] = [
  honest(
    'R5.control',
    'a change of high risk, signed by all its owners and then the operator',
    async (bench) => {
      const site = await bench.site('owned');
      return site.target(site.at('deployed'));
    },
  ),
  honest('R5.control-by-hand', 'the same, the operator’s part made by hand', signed('by-mia', [OMAR])),
  honest('R5.two-seats', 'one person signs two seats at once', async (bench) => {
    const words = [
      { who: 'otto', role: 'security-owner' },
      { who: 'otto', role: 'operator' },
    ] as const;
    return await signed('by-sue', words, false)(bench);
  }),
  attack('R5.no-owner', 'the operator’s word alone', 'GATE_PENDING', signed('exported', [OMAR])),
  attack(
    'R5.one-missing',
    'all but the owner that a rule of the policy asks for',
    'GATE_PENDING',
    signed('by-gus', [OMAR]),
  ),
  attack(
    'R5.general-only',
    'those every change needs, without the data owner',
    'GATE_PENDING',
    signed('by-eli', [OMAR]),
  ),
  attack(
    'R5.no-operator',
    'all owners, no operator',
    'GATE_PENDING',
    signed('by-gus', [{ who: 'mia', role: 'ml-manager' }]),
  ),
  attack(
    'R5.role-not-held',
    'an operator signs as security owner',
    'ROLE_NOT_HELD',
    signed('exported', [{ who: 'omar', role: 'security-owner' }], false),
  ),
  attack(
    'R5.not-asked',
    'an owner signs whom the change does not concern',
    'ROLE_CANNOT',
    signed('exported', [{ who: 'eli', role: 'evaluation-owner' }], false),
  ),
  attack(
    'R5.auditor',
    'an auditor takes an owner’s seat',
    'ROLE_CANNOT',
    signed('exported', [{ who: 'aud', role: 'auditor' }], false),
  ),
  attack(
    'R5.other-seat',
    'an approval under the rule of another seat',
    'STATEMENT_DIFFERS',
    altered(({ ...entry }) =>
      'statement' in entry ? { statement: { ...entry.statement, gateRule: '0'.repeat(64) } } : {},
    ),
  ),
  attack(
    'R5.nothing-accepted',
    'an owner signs and does not say that the risk is accepted',
    'ACKNOWLEDGEMENT_MISSING',
    altered(() => ({ acknowledgements: ['artifact-is-intended'] })),
  ),
  honest(
    'R5.request-control',
    'the honest request made by hand',
    requested(() => ({})),
  ),
  attack(
    'W2.no-sheet',
    'a request whose data has no sheet, where the policy asks for one',
    'INTAKE_FAILED',
    requested(({ lineage }) => ({
      lineage: { ...lineage, datasets: lineage.datasets.map((set) => ({ ...set, sheet: undefined })) },
    })),
  ),
  attack(
    'W2.reader',
    'a request for somebody who can read the held-out items',
    'READER_BARRED',
    requested(() => ({ onBehalfOf: 'dora' })),
  ),
  attack(
    'R5.denies-data',
    'denies personal data that its data sets hold',
    'FLAG_CONTRADICTED',
    requested(flags({ 'personal-data': false })),
  ),
  attack(
    'R5.denies-permission',
    'denies that it asks for a new permission',
    'FLAG_CONTRADICTED',
    requested(flags({ 'expands-permissions': false })),
  ),
  attack(
    'R5.denies-evaluator',
    'denies that the yardstick is new',
    'FLAG_CONTRADICTED',
    requested(flags({ 'modifies-evaluator': false })),
  ),
];
