import type { Approval } from '../../../src/domain/approval.ts';
import { seal } from '../../../src/domain/document.ts';
import {
  approval,
  approvalFiles,
  BUNDLE,
  bundleIn,
  header,
  recordFiles,
  signOff,
  step,
  stepFiles,
} from '../acts.ts';
import { attack, honest, type AttackCase, type Bench } from '../case.ts';
import type { Person } from '../people.ts';
import type { Label } from '../world.ts';
import type { StepSpec } from '../acts.ts';
import { EvidenceEntry, type Step } from '../../../src/domain/record.ts';
import { deprecationRelies } from '../../../src/machine/acts/deprecate.ts';
import { toFileEntries } from '../../../src/machine/file-check.ts';
import type { World } from '../../../src/machine/world.ts';
import type { Files, Site } from '../site.ts';

const ROLLBACK = '## Trigger\nx\n## Steps\nx\n## Who\nx\n## Check afterwards\nx\n';

/** Evidence as `evidence add` writes it. `taken`: a step that is recorded in the same commit. */
function evidence(
  site: Site,
  world: World,
  text: string,
  answers: readonly string[],
  time: number,
  who: Person = 'trainer',
  path = 'model-card.md',
  taken: Step | null = null,
): Files {
  const { record } = bundleIn(world);
  const bytes = new TextEncoder().encode(text);
  const role = who === 'trainer' ? 'pipeline' : 'operator';
  const entry = seal(EvidenceEntry, {
    ...header(site, world, 'evidence', { who, role, time }, [record.request.id]),
    files: toFileEntries([{ path, bytes }]),
    answers,
  } as never);
  const steps = taken === null ? {} : { state: taken.to, transitions: [...record.transitions, taken] };
  return {
    [`${BUNDLE}/${path}`]: text,
    ...recordFiles({ ...record, evidence: [...record.evidence, entry], ...steps }),
  };
}

/** A transition nobody may make, by somebody, from a point of the honest history. */
const transition =
  (on: Label, who: Person, role: string, spec: Pick<StepSpec, 'to'> & Partial<StepSpec>) =>
  async (bench: Bench) => {
    const site = await bench.site();
    const world = await site.load(site.at(on));
    const time = site.after(on);
    const taken = step(site, world, { who, role, time, reliedOn: [], ...spec });
    return site.target(
      await site.commit({ on, by: who, time, put: stepFiles(world, taken, bundleIn(world).approvals) }),
    );
  };

/** The same after the iteration was deprecated at artifact-exported. */
const afterDeprecation =
  (spec: Pick<StepSpec, 'who' | 'role' | 'to'> & Partial<StepSpec>) => async (bench: Bench) => {
    const site = await bench.site();
    const time = site.after('exported');
    const before = await site.load(site.at('exported'));
    const end = step(site, before, {
      who: 'omar',
      role: 'operator',
      time,
      to: 'deprecated',
      reliedOn: deprecationRelies(bundleIn(before)),
      changes: { reason: 'x' },
    });
    const on = await site.commit({ on: 'exported', by: 'omar', time, put: stepFiles(before, end) });
    const world = await site.load(on);
    const taken = step(site, world, { time: time + 60, reliedOn: [], ...spec });
    return site.target(
      await site.commit({ on, by: spec.who, time: time + 60, put: stepFiles(world, taken) }),
    );
  };

/** An approval alone, in a commit of its own. */
const approve =
  (on: Label, spec: { who: Person; gate: Approval['gate']; role?: string; changes?: object }) =>
  async (bench: Bench) => {
    const site = await bench.site();
    const world = await site.load(site.at(on));
    const time = site.after(on);
    const entry = approval(site, world, { ...spec, time });
    return site.target(await site.commit({ on, by: spec.who, time, put: approvalFiles(entry) }));
  };

const CARD = `${BUNDLE}/model-card.md`;

export const GATE_CASES: readonly AttackCase[] = [
  honest(
    'G0.control',
    'a domain expert’s approval made by hand, right in everything',
    approve('deployed', { who: 'dora', gate: 'domain-validation' }),
  ),
  attack(
    'G1.skip',
    'the pipeline skips the customers: artifact-exported to production-validated',
    'EDGE_UNKNOWN',
    transition('exported', 'trainer', 'pipeline', { to: 'production-validated' }),
  ),
  attack(
    'G1.skip-operator',
    'an operator skips the customers',
    'EDGE_UNKNOWN',
    transition('exported', 'omar', 'operator', { to: 'production-validated' }),
  ),
  attack(
    'G1.no-run',
    'a candidate is accepted without a run',
    'CRITERIA_NOT_MET',
    transition('evidenced', 'trainer', 'pipeline', { to: 'eval-accepted' }),
  ),
  attack(
    'G1.back',
    'moved back from customer-deployed to artifact-exported',
    'EDGE_UNKNOWN',
    transition('deployed', 'omar', 'operator', { to: 'artifact-exported' }),
  ),
  attack(
    'G1.deprecated',
    'a deprecated iteration is promoted again',
    'EDGE_UNKNOWN',
    afterDeprecation({ who: 'omar', role: 'operator', to: 'customer-deployed' }),
  ),
  attack(
    'G1.deprecated-lie',
    'the same, with a step that pretends another state',
    'STATE_OTHER',
    afterDeprecation({ who: 'omar', role: 'operator', from: 'artifact-exported', to: 'customer-deployed' }),
  ),
  attack('G1.state-only', 'only the state in the record is changed', 'NO_ACT', async (bench) => {
    const site = await bench.site();
    const { record } = bundleIn(await site.load(site.at('exported')));
    return site.target(
      await site.commit({
        on: 'exported',
        by: 'omar',
        put: recordFiles({ ...record, state: 'production-validated' }),
      }),
    );
  }),
  attack(
    'G1.without-gates',
    'a transition without any approval',
    'GATE_PENDING',
    transition('exported', 'omar', 'operator', { to: 'customer-deployed' }),
  ),
  attack(
    'G2.other-iteration',
    'an approval that names another iteration',
    'ENTRY_UNRELATED',
    approve('exported', {
      who: 'omar',
      gate: 'operator-signoff',
      changes: { iteration: 'claims-triage@1.1.0' },
    }),
  ),
  attack(
    'G2.other-edge',
    'an approval that names another edge',
    'GATE_OTHER_EDGE',
    approve('exported', {
      who: 'omar',
      gate: 'operator-signoff',
      changes: { edge: { from: 'customer-deployed', to: 'production-validated' } },
    }),
  ),
  attack('G2.other-digest', 'an approval of another subject digest', 'STATEMENT_DIFFERS', async (bench) => {
    const site = await bench.site();
    const world = await site.load(site.at('exported'));
    const { statement } = approval(site, world, {
      who: 'omar',
      gate: 'operator-signoff',
      time: 0,
    }) as Approval & { statement: object };
    return await approve('exported', {
      who: 'omar',
      gate: 'operator-signoff',
      changes: { statement: { ...statement, subject: 'e'.repeat(64) } },
    })(bench);
  }),
  attack(
    'G2.other-repository',
    'an approval of another repository',
    'ENTRY_OTHER_REPOSITORY',
    approve('exported', {
      who: 'omar',
      gate: 'operator-signoff',
      changes: { repository: '0123456789abcdefghjkmnpqrs' },
    }),
  ),
  attack(
    'G2.other-gate-file',
    'an approval of one gate counted at another',
    'ROLE_CANNOT',
    approve('deployed', { who: 'dora', gate: 'governance-approval', role: 'domain-expert' }),
  ),
  attack(
    'G2.replay',
    'an expert’s entry of before is put back after the expert withdrew it',
    'ENTRY_ALTERED',
    async (bench) => {
      const site = await bench.site();
      const world = await site.load(site.at('expert'));
      const [, old] = bundleIn(world).approvals;
      if (old === undefined) throw new Error('no approval to replay');
      const text = JSON.stringify({ ...old, reason: 'Even better.' }, null, 2);
      return site.target(
        await site.commit({
          on: 'expert',
          by: 'dora',
          put: { [`${BUNDLE}/approvals/${old.id}.json`]: text },
        }),
      );
    },
  ),
  attack('G2.id', 'an entry whose id is not its digest', 'ENTRY_ID_FALSE', async (bench) => {
    const site = await bench.site();
    const world = await site.load(site.at('exported'));
    const time = site.after('exported');
    const entry = {
      ...approval(site, world, { who: 'omar', gate: 'operator-signoff', time }),
      id: 'd'.repeat(64) as Approval['id'],
    };
    return site.target(await site.commit({ on: 'exported', by: 'omar', time, put: approvalFiles(entry) }));
  }),
  attack(
    'G3.card-edited',
    'the pipeline edits the model card after the operator decided',
    'NO_ACT',
    async (bench) => {
      const site = await bench.site();
      return site.target(
        await site.commit({ on: 'deployed', by: 'trainer', put: { [CARD]: '# Another card\n' } }),
      );
    },
  ),
  attack(
    'G3.card-then-promote',
    'the card is edited in the commit of the transition',
    'UNEXPLAINED_CHANGE',
    async (bench) => {
      const site = await bench.site();
      const put = { ...(await signOff(site)), [CARD]: '# Another card\n' };
      return site.target(await site.commit({ on: 'exported', by: 'omar', put }));
    },
  ),
  attack(
    'G3.evidence-after-decision',
    'evidence is replaced in due form after a decision',
    'EVIDENCE_DECIDED',
    async (bench) => {
      const site = await bench.site('two-operators');
      const world = await site.load(site.at('exported'));
      const time = site.after('exported');
      const entry = approval(site, world, { who: 'omar', gate: 'operator-signoff', time });
      const approved = await site.commit({ on: 'exported', by: 'omar', time, put: approvalFiles(entry) });
      const card = '# Another card\n\n## What it does\nx\n';
      return site.target(
        await site.commit({
          on: approved,
          by: 'trainer',
          time: time + 60,
          put: evidence(site, await site.load(approved), card, [], time + 60),
        }),
      );
    },
  ),
  attack(
    'G3.stale',
    'an approval is used after the card it covered was replaced on request',
    'APPROVAL_STALE',
    async (bench) => {
      const site = await bench.site('two-operators');
      const time = site.after('exported');
      const first = await site.load(site.at('exported'));
      const early = approval(site, first, { who: 'omar', gate: 'operator-signoff', time });
      const one = await site.commit({ on: 'exported', by: 'omar', time, put: approvalFiles(early) });
      const asked = approval(site, await site.load(one), {
        who: 'otto',
        gate: 'operator-signoff',
        act: 'request-changes',
        time: time + 60,
      });
      const two = await site.commit({ on: one, by: 'otto', time: time + 60, put: approvalFiles(asked) });
      const card =
        '# Claims triage 1.0.0\n\n## What it does\nSuggests more.\n\n## How it was made\nx\n\n## What it cannot do\nx\n';
      const three = await site.commit({
        on: two,
        by: 'trainer',
        time: time + 120,
        put: evidence(site, await site.load(two), card, [asked.id], time + 120),
      });
      const world = await site.load(three);
      const late = approval(site, world, {
        who: 'otto',
        gate: 'operator-signoff',
        time: time + 180,
        changes: { answers: [asked.id] },
      });
      const taken = step(site, world, {
        who: 'otto',
        role: 'operator',
        time: time + 180,
        to: 'customer-deployed',
        reliedOn: [early.id, late.id],
      });
      return site.target(
        await site.commit({
          on: three,
          by: 'otto',
          time: time + 180,
          put: { ...approvalFiles(late), ...stepFiles(world, taken, [late]) },
        }),
      );
    },
  ),
  honest(
    'G3b.second-approver',
    'the second approver signs after the first, with the transition',
    async (bench) => {
      const site = await bench.site('two-operators');
      const time = site.after('exported');
      const early = approval(site, await site.load(site.at('exported')), {
        who: 'omar',
        gate: 'operator-signoff',
        time,
      });
      const one = await site.commit({ on: 'exported', by: 'omar', time, put: approvalFiles(early) });
      const world = await site.load(one);
      const late = approval(site, world, { who: 'otto', gate: 'operator-signoff', time: time + 60 });
      const taken = step(site, world, {
        who: 'otto',
        role: 'operator',
        time: time + 60,
        to: 'customer-deployed',
        reliedOn: [early.id, late.id],
      });
      return site.target(
        await site.commit({
          on: one,
          by: 'otto',
          time: time + 60,
          put: { ...approvalFiles(late), ...stepFiles(world, taken, [late]) },
        }),
      );
    },
  ),
  attack(
    'G6.two-persons',
    'one commit carries two persons’ decisions',
    'ENTRY_NOT_SIGNERS',
    async (bench) => {
      const site = await bench.site();
      const world = await site.load(site.at('deployed'));
      const time = site.after('deployed');
      const mine = approval(site, world, { who: 'gus', gate: 'governance-approval', time });
      const theirs = approval(site, world, { who: 'dora', gate: 'domain-validation', time });
      const taken = step(site, world, {
        who: 'gus',
        role: 'governance-approver',
        time,
        to: 'production-validated',
        reliedOn: [mine.id, theirs.id],
      });
      const put = { ...approvalFiles(mine, theirs), ...stepFiles(world, taken, [mine, theirs]) };
      return site.target(await site.commit({ on: 'deployed', by: 'gus', time, put }));
    },
  ),
  attack(
    'G6.decision-and-more',
    'a decision and another act of the same person in one signature',
    'COMMIT_MIXES_DECISIONS',
    async (bench) => {
      const site = await bench.site();
      const world = await site.load(site.at('evidenced'));
      const time = site.after('evidenced');
      const taken = step(site, world, {
        who: 'omar',
        role: 'operator',
        time,
        to: 'deprecated',
        reliedOn: [],
        changes: { reason: 'x' },
      });
      const put = {
        ...stepFiles(world, taken),
        ...evidence(site, world, ROLLBACK, [], time, 'omar', 'rollback-procedure.md', taken),
      };
      return site.target(await site.commit({ on: 'evidenced', by: 'omar', time, put }));
    },
  ),
  attack(
    'G7.domain',
    'the domain expert approves before the customers have it',
    'STATE_OTHER',
    approve('exported', { who: 'dora', gate: 'domain-validation' }),
  ),
  attack(
    'G7.operator',
    'the operator signs off a candidate',
    'STATE_OTHER',
    approve('evidenced', { who: 'omar', gate: 'operator-signoff' }),
  ),
  attack(
    'G7.late',
    'an approval after the gate was passed, answering nothing',
    'STATE_OTHER',
    approve('deployed', { who: 'otto', gate: 'operator-signoff' }),
  ),
  attack('G7.rejection-early', 'a rejection before the state is reached', 'STATE_OTHER', async (bench) => {
    const site = await bench.site();
    const world = await site.load(site.at('exported'));
    const time = site.after('exported');
    const entry = approval(site, world, { who: 'dora', gate: 'domain-validation', act: 'reject', time });
    return site.target(await site.commit({ on: 'exported', by: 'dora', time, put: approvalFiles(entry) }));
  }),
  attack(
    'G7.acknowledgement',
    'an approval without an acknowledgement',
    'ACKNOWLEDGEMENT_MISSING',
    approve('exported', {
      who: 'omar',
      gate: 'operator-signoff',
      changes: { acknowledgements: ['artifact-is-intended'] },
    }),
  ),
];
