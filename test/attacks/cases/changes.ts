import { approval, approvalFiles, signOff, step, stepFiles, bundleIn } from '../acts.ts';
import { attack, honest, type AttackCase, type Bench } from '../case.ts';
import {
  afterCommit,
  all,
  brake,
  change,
  core,
  ELI,
  newcomer,
  PEOPLE,
  policyAt,
  propose,
  proposeOther,
  putInForce,
  rolesOf,
  rules,
  RULES,
  say,
  signers,
  wordFiles,
  type ApplySpec,
  type Edit,
  type ProposalSpec,
  type Who,
} from '../changes.ts';
import { foundedBy } from '../founding.ts';
import type { Person } from '../people.ts';
import type { Site } from '../site.ts';
import type { Label } from '../world.ts';

const MIA: Who = { who: 'mia', role: 'policy-approver' };
const OTTO: Who = { who: 'otto', role: 'policy-approver' };
const MANAGER: Who = { who: 'mia', role: 'ml-manager' };
const nora = (site: Site): Edit => newcomer(site, 'nora', 'mallory', ['operator']);

/** Proposed, said, and put in force: each step as told. */
interface Story {
  readonly on?: Label;
  readonly edit: (site: Site) => Edit;
  readonly proposal?: Partial<ProposalSpec>;
  readonly words?: readonly Who[];
  readonly by: Who;
  readonly apply?: ApplySpec;
}

const told =
  ({ on = 'exported', edit, proposal = {}, words = [], by, apply = {} }: Story) =>
  async (bench: Bench) => {
    const site = await bench.site();
    const { commit, id } = await propose(site, site.at(on), { edit: edit(site), ...proposal });
    return site.target(await putInForce(site, await say(site, commit, id, words), id, by, apply));
  };

/** Only proposed. */
const onlyProposed = (spec: (site: Site) => ProposalSpec) => async (bench: Bench) => {
  const site = await bench.site();
  return site.target((await propose(site, site.at('exported'), spec(site))).commit);
};

/** A threshold change with all approvals but the last one, and what is done then. */
const ready =
  (then: (site: Site, tip: string, id: never) => Promise<string>, words: readonly Who[] = RULES) =>
  async (bench: Bench) => {
    const site = await bench.site();
    const { commit, id } = await propose(site, site.at('exported'), { edit: core('0.7') });
    const tip = await say(site, commit, id, words);
    return site.target(await then(site, tip, id as never));
  };

/** The newcomer signs off as an operator. */
async function noraActs(site: Site, on: string): Promise<string> {
  const time = afterCommit(site, on);
  const put = await signOff(site, { who: 'nora' as Person, key: 'mallory', time });
  return await site.commit({ on, by: 'mallory', time, put });
}

/** Both gates of production under whatever law is in force at a commit. */
async function validate(site: Site, on: string): Promise<string> {
  let tip = on;
  for (const [who, gate] of [
    ['dora', 'domain-validation'],
    ['gus', 'governance-approval'],
  ] as const) {
    const time = afterCommit(site, tip);
    const world = await site.load(tip);
    const entry = approval(site, world, { who, gate, time });
    const last = gate === 'governance-approval';
    const reliedOn = [
      entry.id,
      ...bundleIn(world)
        .approvals.filter((other) => other.gate !== 'operator-signoff')
        .map(({ id }) => id),
    ];
    const taken = last
      ? step(site, world, { who, role: 'governance-approver', time, to: 'production-validated', reliedOn })
      : null;
    const put = { ...approvalFiles(entry), ...(taken === null ? {} : stepFiles(world, taken, [entry])) };
    tip = await site.commit({ on: tip, by: who, time, put });
  }
  return tip;
}

/** A repository of two people, mia and otto, who hold everything between them. */
async function ofTwo(site: Site): Promise<{ readonly root: string; readonly commit: string }> {
  const everything = {
    mia: ['policy-approver', 'override', 'model-owner', 'evaluation-owner', 'operator', 'domain-expert'],
    otto: ['security-owner', 'governance-approver', 'operator', 'ml-manager'],
  };
  const policy = await policyAt(site, 'root');
  const kept = [site.world.people.key('mia').fingerprint, site.world.people.key('otto').fingerprint];
  const edit = all(
    signers((principals) => {
      principals.splice(
        0,
        principals.length,
        ...principals.filter(({ id }) => id === 'mia' || id === 'otto'),
      );
    }),
    rolesOf('mia', everything.mia),
    rolesOf('otto', everything.otto),
    rules(({ lines: [line] }) => {
      if (line !== undefined) line.owner = 'mia';
    }),
  );
  const files = Object.entries(edit(policy)).filter(
    ([path]) => !path.startsWith('keys/') || kept.some((key) => path.includes(key)),
  );
  const { root, revision = '' } = await foundedBy(site, (old) => ({
    'modelsmith.yaml': old['modelsmith.yaml'] ?? '',
    ...Object.fromEntries(files.map(([path, text]) => [`policy/${path}`, text])),
  }));
  return { root, commit: revision };
}

const oneWord = (id: string): Edit =>
  signers((principals) => {
    for (const principal of principals)
      if (principal.id === id) Object.assign(principal, { name: `${id} renamed` });
  });

export const CHANGE_CASES: readonly AttackCase[] = [
  honest('P1.enrolled', 'two people enrol a newcomer, who acts afterwards', async (bench) => {
    const site = await bench.site();
    return site.target(await noraActs(site, await change(site, site.at('exported'), nora(site), PEOPLE)));
  }),
  attack(
    'P1.before-approval',
    'a newcomer acts before the proposal to enrol him is approved',
    'SIGNATURE_REFUSED',
    async (bench) => {
      const site = await bench.site();
      const { commit, id } = await propose(site, site.at('exported'), { edit: nora(site) });
      return site.target(await noraActs(site, await say(site, commit, id, [OTTO])));
    },
  ),
  attack(
    'P1.unapproved',
    'a policy approver puts a proposal in force that nobody approved',
    'CHANGE_PENDING',
    told({ edit: nora, by: MIA }),
  ),
  attack(
    'P1.one-approval',
    'a policy approver approves and applies alone',
    'CHANGE_PENDING',
    told({ edit: nora, by: MIA, apply: { words: [MIA] } }),
  ),
  attack(
    'P1.without-approver',
    'two people without a policy approver',
    'CHANGE_PENDING',
    told({
      edit: nora,
      words: [{ who: 'dora', role: 'domain-expert' }],
      by: { who: 'omar', role: 'operator' },
      apply: { words: [{ who: 'omar', role: 'operator' }] },
    }),
  ),
  attack(
    'P1.own-roles',
    'a policy approver is one of the two who approve more roles for himself',
    'CHANGE_PENDING',
    told({
      edit: () => rolesOf('mia', ['policy-approver', 'ml-manager', 'override', 'model-owner']),
      words: [OTTO],
      by: MIA,
      apply: { words: [MIA] },
    }),
  ),
  attack(
    'P1.own-machine',
    'whoever answers for a machine is one of the two who approve more for it',
    'CHANGE_PENDING',
    told({
      edit: () => rolesOf('trainer', ['pipeline', 'reconciler']),
      words: [{ who: 'ana', role: 'operator' }],
      by: OTTO,
      apply: { words: [OTTO] },
    }),
  ),
  attack(
    'P1.concerns-everybody',
    'a change that concerns everybody, approved by one',
    'CHANGE_PENDING',
    told({
      edit: () =>
        signers((principals) => principals.forEach((each) => Object.assign(each, { name: `${each.id} x` }))),
      by: MIA,
      apply: { words: [MIA] },
    }),
  ),
  attack(
    'P1.concerns-both-of-two',
    'one of two people changes a word in the other’s entry and a role of his own, alone',
    'CHANGE_PENDING',
    async (bench) => {
      const site = await bench.site();
      const { root, commit } = await ofTwo(site);
      const edit = all(
        oneWord('otto'),
        rolesOf('mia', [
          'policy-approver',
          'override',
          'model-owner',
          'evaluation-owner',
          'operator',
          'domain-expert',
          'software-owner',
        ]),
      );
      const { commit: on, id } = await propose(site, commit, {
        edit,
        by: { who: 'mia', role: 'model-owner' },
      });
      return site.target(await putInForce(site, on, id, MIA, { words: [MIA] }), { root });
    },
  ),
  honest('P1.concerns-both-approved', 'the same, approved by both', async (bench) => {
    const site = await bench.site();
    const { root, commit } = await ofTwo(site);
    const edit = all(oneWord('otto'), oneWord('mia'));
    const { commit: on, id } = await propose(site, commit, { edit, by: { who: 'mia', role: 'model-owner' } });
    const tip = await say(site, on, id, [{ who: 'otto', role: 'ml-manager' }]);
    return site.target(await putInForce(site, tip, id, MIA, { words: [MIA] }), { root });
  }),
  attack(
    'P1.left-alone',
    'one person suspends everybody else by overrides, and changes the law alone',
    'CHANGE_PENDING',
    async (bench) => {
      const site = await bench.site();
      let tip = site.at('exported');
      const others = ['ana', 'eli', 'omar', 'otto', 'dora', 'gus', 'aud', 'emil', 'uwe', 'rita', 'sue'];
      for (const [index, signer] of others.entries())
        tip = await brake(site, tip, 'mia', { act: 'suspend-signer', signer }, 'abcdef01234'[index]);
      const { commit, id } = await propose(site, tip, { edit: nora(site), by: MIA });
      return site.target(await putInForce(site, commit, id, MIA, { words: [MIA] }));
    },
  ),
  attack(
    'P1.all-roles',
    'one person who holds all the roles that a rule takes changes it alone',
    'CHANGE_PENDING',
    async (bench) => {
      const site = await bench.site();
      const roles = ['policy-approver', 'ml-manager', 'override', 'model-owner', 'security-owner'];
      const tip = await change(site, site.at('exported'), rolesOf('mia', roles), PEOPLE);
      const { commit, id } = await propose(site, tip, { edit: core('0.1') });
      const words = ['model-owner', 'security-owner', 'ml-manager'].map((role) => ({ who: 'mia', role }));
      return site.target(await putInForce(site, commit, id, MANAGER, { words }));
    },
  ),
  honest('P2.approved', 'a threshold is lowered by all who have to approve it', async (bench) => {
    const site = await bench.site();
    return site.target(await change(site, site.at('exported'), core('0.7'), RULES));
  }),
  honest(
    'P2.after-lock',
    'a threshold is raised after the training lock: the lock still holds, nothing is stale',
    async (bench) => {
      const site = await bench.site();
      return site.target(await validate(site, await change(site, site.at('deployed'), core('0.99'), RULES)));
    },
  ),
  attack(
    'P2.signers-only',
    'a threshold is lowered by those who approve signers',
    'CHANGE_PENDING',
    told({ edit: () => core('0.1'), words: PEOPLE, by: MIA, apply: { words: [MIA] } }),
  ),
  attack(
    'P2.hidden',
    'a threshold is lowered beside a newcomer, approved as if it were only the newcomer',
    'CHANGE_PENDING',
    told({
      edit: (site) => all(nora(site), core('0.1')),
      words: PEOPLE.slice(0, 1),
      by: OTTO,
      apply: { words: [OTTO] },
    }),
  ),
  attack(
    'P2.rubric',
    'a rubric is replaced without the owners of software and evaluation',
    'CHANGE_PENDING',
    told({
      edit: () => (policy) => ({
        ...policy,
        'rubrics/claims.json': (policy['rubrics/claims.json'] ?? '').replace(
          '"title": "',
          '"title": "Easier: ',
        ),
      }),
      words: RULES.slice(0, 2),
      by: MANAGER,
      apply: { words: [MANAGER] },
    }),
  ),
  attack(
    'P6.last-approver',
    'a proposal after which nobody could change the policy',
    'LAW_UNLIVABLE',
    onlyProposed(() => ({
      edit: all(rolesOf('mia', ['ml-manager', 'override']), rolesOf('otto', ['operator', 'security-owner'])),
    })),
  ),
  attack(
    'P6.one-approver',
    'a proposal after which the loss of one would lock the policy',
    'LAW_UNLIVABLE',
    onlyProposed(() => ({ edit: rolesOf('otto', ['operator', 'security-owner']) })),
  ),
  attack(
    'P6.no-brake',
    'a proposal after which nobody could pull the brake',
    'LAW_UNLIVABLE',
    onlyProposed(() => ({
      edit: all(rolesOf('mia', ['policy-approver']), rolesOf('otto', ['policy-approver'])),
    })),
  ),
  attack(
    'P6.no-signer',
    'a proposal that leaves a gate without a signer',
    'LAW_UNLIVABLE',
    onlyProposed(() => ({
      edit: all(rolesOf('dora', ['operator']), rolesOf('gus', ['governance-approver'])),
    })),
  ),
  attack(
    'P6.applied',
    'a policy that would lock everybody out is put in force all the same',
    'LAW_UNLIVABLE',
    told({
      edit: () => rolesOf('otto', ['operator', 'security-owner']),
      words: PEOPLE.slice(0, 1),
      by: MIA,
      apply: { words: [MIA] },
    }),
  ),
  attack(
    'R6.above-holders',
    'a proposal with a quorum above the number of holders',
    'LAW_UNLIVABLE',
    onlyProposed(() => ({ edit: rules(({ gates }) => (gates['governance-approval'] = { quorum: 3 })) })),
  ),
  attack(
    'R6.zero-proposed',
    'a proposal with a quorum of zero',
    'DOCUMENT_UNSOUND',
    onlyProposed(() => ({ edit: rules(({ gates }) => (gates['operator-signoff'] = { quorum: 0 })) })),
  ),
  attack(
    'R6.root-above-holders',
    'a root with a quorum above the number of holders',
    'DOCUMENT_UNSOUND',
    async (bench) =>
      await foundedBy(await bench.site(), (files) => ({
        ...files,
        'policy/policy.yaml': String(files['policy/policy.yaml']).replace(
          /governance-approval:\n( +)quorum: 1/,
          'governance-approval:\n$1quorum: 3',
        ),
      })),
  ),
  attack(
    'P7.proposes',
    'the pipeline proposes a policy',
    'HUMAN_REQUIRED',
    onlyProposed(() => ({ edit: core('0.1'), by: { who: 'trainer', role: 'pipeline' } })),
  ),
  attack(
    'P7.approves',
    'the pipeline approves a policy',
    'HUMAN_REQUIRED',
    ready((site, tip, id) => say(site, tip, id, [{ who: 'trainer', role: 'pipeline' }]), []),
  ),
  attack(
    'P7.applies',
    'the pipeline puts an approved policy in force',
    'CHANGE_NOT_APPROVER',
    ready((site, tip, id) => putInForce(site, tip, id, { who: 'trainer', role: 'pipeline' })),
  ),
  attack(
    'P8.other-applies',
    'somebody who did not approve puts an approved policy in force',
    'CHANGE_NOT_APPROVER',
    ready((site, tip, id) => putInForce(site, tip, id, ELI)),
  ),
  honest(
    'P8.applied-later',
    'one who approved puts it in force in a commit of its own',
    ready((site, tip, id) => putInForce(site, tip, id, MANAGER)),
  ),
  attack(
    'P8.applied-twice',
    'a change is put in force a second time',
    'ENTRY_ALTERED',
    ready(async (site, tip, id) => putInForce(site, await putInForce(site, tip, id, MANAGER), id, MANAGER)),
  ),
  attack(
    'P8.nothing-applied',
    'a change says that it is in force, and the policy is as it was',
    'UNEXPLAINED_CHANGE',
    ready((site, tip, id) => putInForce(site, tip, id, MANAGER, { bare: true })),
  ),
  attack(
    'P8.other-bytes',
    'what is put in force differs from the proposal by one byte',
    'UNEXPLAINED_CHANGE',
    ready((site, tip, id) =>
      putInForce(site, tip, id, MANAGER, {
        put: {
          'policy/policy.yaml': `${site.git(['show', `${tip}:changes/${String(id)}/proposed/policy.yaml`])}\n\n`,
        },
      }),
    ),
  ),
  attack(
    'P8.passenger',
    'a key comes in beside what was approved',
    'UNEXPLAINED_CHANGE',
    ready((site, tip, id) => {
      const { fingerprint, publicArmored } = site.world.people.key('mallory');
      return putInForce(site, tip, id, MANAGER, {
        put: { [`policy/keys/${fingerprint}.asc`]: publicArmored },
      });
    }),
  ),
  attack(
    'P8.edited-proposal',
    'the proposal is edited after it was approved',
    'ENTRY_ALTERED',
    ready(async (site, tip, id) => {
      const path = `changes/${String(id)}/proposed/policy.yaml`;
      const text = site.git(['show', `${tip}:${path}`]).replace(/core: .*/, 'core: "0.1"');
      return await site.commit({
        on: tip,
        by: 'mia',
        time: afterCommit(site, tip),
        put: { [path]: `${text}\n` },
      });
    }),
  ),
  attack(
    'P8.edited-change',
    'the change itself is edited after it was approved',
    'ENTRY_ALTERED',
    ready(async (site, tip, id) => {
      const path = `changes/${String(id)}/change.json`;
      const text = site.git(['show', `${tip}:${path}`]).replace('Times change.', 'Nothing to see.');
      return await site.commit({
        on: tip,
        by: 'mia',
        time: afterCommit(site, tip),
        put: { [path]: `${text}\n` },
      });
    }),
  ),
  attack('P8.file-added', 'a file is added to a proposal', 'NO_ACT', async (bench) => {
    const site = await bench.site();
    const { commit, id } = await propose(site, site.at('exported'), { edit: core('0.7') });
    const { fingerprint, publicArmored } = site.world.people.key('mallory');
    const put = { [`changes/${id}/proposed/keys/${fingerprint}.asc`]: publicArmored };
    return site.target(await site.commit({ on: commit, by: 'eli', time: afterCommit(site, commit), put }));
  }),
  attack('P8.withdrawn-proposal', 'a proposal is deleted', 'ENTRY_REMOVED', async (bench) => {
    const site = await bench.site();
    const { commit, id } = await propose(site, site.at('exported'), { edit: core('0.7') });
    const remove = site.git(['ls-tree', '-r', '--name-only', commit, '--', `changes/${id}`]).split('\n');
    return site.target(await site.commit({ on: commit, by: 'eli', time: afterCommit(site, commit), remove }));
  }),
  attack(
    'P8.other-proposal',
    'approvals of one proposal are laid under another',
    'ENTRY_UNRELATED',
    async (bench) => {
      const site = await bench.site();
      const first = await propose(site, site.at('exported'), { edit: core('0.7') });
      const second = await propose(site, first.commit, { edit: core('0.1') });
      const { entry, put } = await wordFiles(site, second.commit, first.id, RULES[0] ?? MIA);
      const [text = ''] = Object.values(put);
      return site.target(
        await site.commit({
          on: second.commit,
          by: 'ana',
          time: afterCommit(site, second.commit),
          put: { [`changes/${second.id}/approvals/${entry.id}.json`]: text },
        }),
      );
    },
  ),
  attack(
    'P8.false-digest',
    'a proposal states the digest of something harmless',
    'CHANGE_DIFFERS',
    onlyProposed(() => ({ edit: core('0.1'), changes: { proposal: 'a'.repeat(64) } })),
  ),
  attack(
    'P8.silent-about-keys',
    'a proposal does not say which key it brings',
    'CHANGE_DIFFERS',
    onlyProposed((site) => ({ edit: nora(site), changes: { brings: { keys: [], roles: [] } } })),
  ),
  attack(
    'P8.version-skipped',
    'a proposal that leaves a version out',
    'CHANGE_DIFFERS',
    onlyProposed(() => ({ edit: core('0.7'), version: 3 })),
  ),
  attack(
    'P8.version-back',
    'a proposal that goes back to an earlier version',
    'CHANGE_DIFFERS',
    async (bench) => {
      const site = await bench.site();
      const tip = await change(site, site.at('exported'), core('0.7'), RULES);
      return site.target((await propose(site, tip, { edit: core('0.72'), version: 1 })).commit);
    },
  ),
  honest('P8.rolled-back', 'an earlier policy comes back as a new version', async (bench) => {
    const site = await bench.site();
    const tip = await change(site, site.at('exported'), core('0.7'), RULES);
    return site.target(await change(site, tip, core('0.72'), RULES));
  }),
  attack(
    'P8.outdated',
    'a proposal approved against a policy that is no longer in force',
    'CHANGE_OUTDATED',
    async (bench) => {
      const site = await bench.site();
      const { commit, id } = await propose(site, site.at('exported'), { edit: core('0.5') });
      const tip = await change(site, await say(site, commit, id, RULES), core('0.7'), RULES);
      return site.target(await putInForce(site, tip, id, MANAGER));
    },
  ),
  attack(
    'P8.withdrawn-approval',
    'an approval counts although it was taken back',
    'CHANGE_PENDING',
    ready(async (site, tip, id) => {
      const ana = RULES[0] ?? MIA;
      const names = site.git(['ls-tree', '-r', '--name-only', tip, '--', `changes/${String(id)}/approvals`]);
      const withdraws = names
        .split('\n')
        .find((path) => site.git(['show', `${tip}:${path}`]).includes('"principal": "ana"'))
        ?.replace(/^.*\/|\.json$/g, '');
      if (withdraws === undefined) throw new Error('ana did not approve');
      const back = await say(site, tip, id, [{ ...ana, act: 'withdraw', withdraws }]);
      return await putInForce(site, back, id, MANAGER);
    }),
  ),
  attack(
    'P8.rejected',
    'a rejected change is put in force',
    'CHANGE_OBJECTED',
    ready(async (site, tip, id) =>
      putInForce(site, await say(site, tip, id, [{ ...ELI, act: 'reject' }]), id, MANAGER),
    ),
  ),
  attack(
    'P8.silenced',
    'a rejection is silenced by suspending its author',
    'CHANGE_OBJECTED',
    ready(async (site, tip, id) => {
      const rejected = await say(site, tip, id, [{ ...ELI, act: 'reject' }]);
      const silent = await brake(site, rejected, 'mia', { act: 'suspend-signer', signer: 'eli' });
      return await putInForce(site, silent, id, MANAGER);
    }),
  ),
  attack(
    'P8.for-another',
    'somebody signs an approval that names another',
    'ENTRY_NOT_SIGNERS',
    ready(async (site, tip, id) => {
      const { put } = await wordFiles(site, tip, id, RULES[0] ?? MIA);
      return await site.commit({ on: tip, by: 'mia', time: afterCommit(site, tip), put });
    }, []),
  ),
  attack(
    'P8.role-not-held',
    'an approval in a role that is not held',
    'ROLE_NOT_HELD',
    ready((site, tip, id) => say(site, tip, id, [{ who: 'omar', role: 'security-owner' }]), []),
  ),
  attack(
    'P8.auditor',
    'an auditor approves as such',
    'ROLE_CANNOT',
    ready((site, tip, id) => say(site, tip, id, [{ who: 'aud', role: 'auditor' }]), []),
  ),
  attack(
    'P8.with-a-gate',
    'one signature approves a change and signs off an iteration',
    'COMMIT_MIXES_DECISIONS',
    ready(async (site, tip, id) => {
      const time = afterCommit(site, tip);
      const { put } = await wordFiles(site, tip, id, OTTO);
      const off = await signOff(site, { who: 'otto', time });
      return await site.commit({ on: tip, by: 'otto', time, put: { ...put, ...off } });
    }, []),
  ),
  attack('P8.lift-alone', 'whoever pulled a brake lifts it alone', 'CHANGE_PENDING', async (bench) => {
    const site = await bench.site();
    const tip = await brake(site, site.at('exported'), 'mia', { act: 'stop-candidates', lines: ['*'] });
    const { commit, id } = await proposeOther(site, tip, { kind: 'lift', override: 'a'.repeat(64) });
    return site.target(await putInForce(site, commit, id, MIA, { words: [MIA] }));
  }),
  honest('P8.lift', 'two people lift a brake', async (bench) => {
    const site = await bench.site();
    const tip = await brake(site, site.at('exported'), 'mia', { act: 'stop-candidates', lines: ['*'] });
    const { commit, id } = await proposeOther(site, tip, { kind: 'lift', override: 'a'.repeat(64) });
    return site.target(
      await putInForce(site, await say(site, commit, id, [OTTO]), id, MIA, { words: [MIA] }),
    );
  }),
  attack(
    'P8.lift-own',
    'somebody suspended is one of the two who lift that',
    'ROLE_NOT_HELD',
    async (bench) => {
      const site = await bench.site();
      const tip = await brake(site, site.at('exported'), 'mia', { act: 'suspend-signer', signer: 'otto' });
      const { commit, id } = await proposeOther(site, tip, { kind: 'lift', override: 'a'.repeat(64) });
      return site.target(await say(site, commit, id, [OTTO]));
    },
  ),
  attack('P8.lift-stolen', 'the report of a stolen key is lifted', 'LIFT_IMPOSSIBLE', async (bench) => {
    const site = await bench.site();
    const keys = [site.world.people.key('omar').fingerprint];
    const tip = await brake(site, site.at('exported'), 'mia', {
      act: 'revoke-signer',
      keys,
      as: 'compromised',
    });
    const { commit } = await proposeOther(site, tip, { kind: 'lift', override: 'a'.repeat(64) });
    return site.target(commit);
  }),
  attack('P8.lift-by-hand', 'a lift without a change', 'NO_ACT', async (bench) => {
    const site = await bench.site();
    const tip = await brake(site, site.at('exported'), 'mia', { act: 'stop-candidates', lines: ['*'] });
    const put = { [`lifts/${'a'.repeat(64)}.json`]: '{}\n' };
    return site.target(await site.commit({ on: tip, by: 'mia', time: afterCommit(site, tip), put }));
  }),
];
