import { approval, approvalFiles, bundleIn, signOff, step, stepFiles } from '../acts.ts';
import { attack, honest, type AttackCase, type Bench, type Target } from '../case.ts';
import type { KeyName, Person } from '../people.ts';
import { foundedWith } from '../founding.ts';
import type { Site } from '../site.ts';
import type { LawName } from '../world.ts';

type Gate = 'domain-validation' | 'governance-approval';

/** One person approves at gates of production-validated in one signature, with the transition. */
const approveProduction = (law: LawName, who: Person, gates: readonly Gate[]) => async (bench: Bench) => {
  const site = await bench.site(law);
  return site.target(await produce(site, site.at('deployed'), who, gates, site.after('deployed')));
};

async function produce(
  site: Site,
  on: string,
  who: Person,
  gates: readonly Gate[],
  time: number,
): Promise<string> {
  const world = await site.load(on);
  const entries = gates.map((gate) => approval(site, world, { who, gate, time }));
  const role = gates.at(-1) === 'governance-approval' ? 'governance-approver' : 'domain-expert';
  const reliedOn = [
    ...entries.map((entry) => entry.id),
    ...bundleIn(world)
      .approvals.filter((entry) => entry.gate !== 'operator-signoff')
      .map((entry) => entry.id),
  ];
  const taken = step(site, world, { who, role, time, to: 'production-validated', reliedOn });
  return await site.commit({
    on,
    by: who,
    time,
    put: { ...approvalFiles(...entries), ...stepFiles(world, taken, entries) },
  });
}

/** The domain expert approves honestly, then somebody else completes. */
const afterExpert =
  (law: LawName, expert: Person, who: Person, gates: readonly Gate[]) => async (bench: Bench) => {
    const site = await bench.site(law);
    const time = site.after('deployed');
    const entry = approval(site, await site.load(site.at('deployed')), {
      who: expert,
      gate: 'domain-validation',
      time,
    });
    const one = await site.commit({ on: 'deployed', by: expert, time, put: approvalFiles(entry) });
    return site.target(await produce(site, one, who, gates, time + 60));
  };

const signedOff =
  (spec: { who: Person; role?: string; by?: KeyName; law?: LawName }) =>
  async (bench: Bench): Promise<Target> => {
    const site = await bench.site(spec.law ?? 'team');
    const put = await signOff(site, spec);
    return site.target(
      await site.commit({ on: 'exported', by: spec.by ?? spec.who, put, time: site.after('exported') }),
    );
  };

/** The policy of the root with one thing written otherwise. */
const policy = (change: (text: string) => string) => async (bench: Bench) =>
  await foundedWith(await bench.site(), 'policy/policy.yaml', (text) => {
    const changed = change(text);
    if (changed === text) throw new Error('the policy is as it was');
    return changed;
  });

export const ROLE_CASES: readonly AttackCase[] = [
  attack(
    'R1.role-not-held',
    'a domain expert signs off as operator',
    'ROLE_NOT_HELD',
    signedOff({ who: 'dora' }),
  ),
  attack(
    'R1.role-of-another-gate',
    'a domain expert signs off as domain expert',
    'ROLE_CANNOT',
    signedOff({ who: 'dora', role: 'domain-expert' }),
  ),
  attack(
    'R1.automation',
    'the pipeline’s key signs off as operator',
    'HUMAN_REQUIRED',
    signedOff({ who: 'trainer' }),
  ),
  attack(
    'R1.automation-own-role',
    'the pipeline’s key signs off as pipeline',
    'HUMAN_REQUIRED',
    signedOff({ who: 'trainer', role: 'pipeline' }),
  ),
  attack(
    'R1.automation-for-human',
    'the pipeline signs an entry that names the operator',
    'ENTRY_NOT_SIGNERS',
    signedOff({ who: 'omar', by: 'trainer' }),
  ),
  attack(
    'R1.grant-ended',
    'an operator whose grant has ended signs off',
    'ROLE_NOT_HELD',
    signedOff({ who: 'uwe' }),
  ),
  attack(
    'R2.two-keys',
    'a quorum of two is met by two keys of one person',
    'ALREADY_APPROVED',
    async (bench) => {
      const site = await bench.site('two-operators');
      const time = site.after('exported');
      const first = approval(site, await site.load(site.at('exported')), {
        who: 'omar',
        gate: 'operator-signoff',
        time,
      });
      const one = await site.commit({ on: 'exported', by: 'omar', time, put: approvalFiles(first) });
      const world = await site.load(one);
      const by = { who: 'omar', key: 'omar2', role: 'operator', time: time + 60 } as const;
      const second = approval(site, world, { ...by, gate: 'operator-signoff' });
      const taken = step(site, world, { ...by, to: 'customer-deployed', reliedOn: [first.id, second.id] });
      return site.target(
        await site.commit({
          on: one,
          by: 'omar2',
          time: time + 60,
          put: { ...approvalFiles(second), ...stepFiles(world, taken, [second]) },
        }),
      );
    },
  ),
  attack(
    'R2.one-of-two',
    'a quorum of two is passed by one',
    'GATE_PENDING',
    signedOff({ who: 'omar', law: 'two-operators' }),
  ),
  attack(
    'R3.one-role-twice',
    'two domain experts approve, governance nobody',
    'GATE_PENDING',
    afterExpert('team', 'dora', 'gus', ['domain-validation']),
  ),
  honest(
    'R4.control',
    'another person gives the governance approval',
    afterExpert('team', 'dora', 'gus', ['governance-approval']),
  ),
  attack(
    'R4.behind-pipeline',
    'the requester behind the pipeline gives the governance approval',
    'REQUESTER_BARRED',
    afterExpert('team', 'dora', 'ana', ['governance-approval']),
  ),
  attack(
    'R4.own-request',
    'who signed the request gives the governance approval',
    'REQUESTER_BARRED',
    afterExpert('asked-by-ana', 'dora', 'ana', ['governance-approval']),
  ),
  attack(
    'R4.owns-pipeline',
    'the owner of the pipeline approves what it asked for somebody else',
    'REQUESTER_BARRED',
    afterExpert('asked-for-eli', 'dora', 'ana', ['governance-approval']),
  ),
  attack(
    'R4.both-gates',
    'one person at both production gates, in one signature',
    'GATE_PENDING',
    approveProduction('team', 'gus', ['domain-validation', 'governance-approval']),
  ),
  attack(
    'R4.both-gates-tier-c',
    'the same under licence tier C',
    'GATE_PENDING',
    approveProduction('tier-c', 'gus', ['domain-validation', 'governance-approval']),
  ),
  attack(
    'R4.both-gates-in-turn-tier-c',
    'one person at both production gates under tier C, one after the other',
    'SEPARATION_REQUIRED',
    afterExpert('tier-c', 'gus', 'gus', ['governance-approval']),
  ),
  honest(
    'R4.control-tier-c',
    'two people at the production gates of tier C',
    afterExpert('tier-c', 'dora', 'gus', ['governance-approval']),
  ),
  attack(
    'R4.waived-tier-c',
    'a policy that waives separation for tier C',
    'DOCUMENT_UNSOUND',
    policy((text) =>
      text
        .replace('licenceTier: B', 'licenceTier: C')
        .replace('productionGates: distinct', 'productionGates: same-person\n  reason: x'),
    ),
  ),
  attack(
    'R4.waived-silently',
    'a policy that waives separation without a reason',
    'DOCUMENT_UNSOUND',
    policy((text) => text.replace('productionGates: distinct', 'productionGates: same-person')),
  ),
  honest(
    'R4b.both-gates-waived',
    'one person at both gates in one signature, where the policy waives separation',
    approveProduction('waived', 'gus', ['domain-validation', 'governance-approval']),
  ),
  honest(
    'R4b.owner-accepts',
    'a model owner signs off his own request as operator, where nothing bars it',
    signedOff({ who: 'ana' }),
  ),
  attack(
    'R6.zero',
    'a quorum of zero',
    'DOCUMENT_UNSOUND',
    policy((text) => text.replace('quorum: 1', 'quorum: 0')),
  ),
  attack(
    'R6.negative',
    'a negative quorum',
    'DOCUMENT_UNSOUND',
    policy((text) => text.replace('quorum: 1', 'quorum: -1')),
  ),
  attack('R7.auditor', 'an auditor approves', 'ROLE_CANNOT', signedOff({ who: 'aud', role: 'auditor' })),
  attack('R7.auditor-deprecates', 'an auditor deprecates', 'ROLE_CANNOT', async (bench) => {
    const site = await bench.site();
    const world = await site.load(site.at('evidenced'));
    const time = site.after('evidenced');
    const taken = step(site, world, {
      who: 'aud',
      role: 'auditor',
      time,
      to: 'deprecated',
      reliedOn: [],
      changes: { reason: 'x' },
    });
    return site.target(await site.commit({ on: 'evidenced', by: 'aud', time, put: stepFiles(world, taken) }));
  }),
];
