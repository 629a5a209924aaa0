import { approval, approvalFiles, signOff } from '../acts.ts';
import { attack, honest, type AttackCase, type Bench } from '../case.ts';
import { afterCommit, change, core, newcomer, PEOPLE, propose, retired, rules, RULES } from '../changes.ts';
import type { Person } from '../people.ts';
import type { Site } from '../site.ts';

/** Two branches of one history, put together as git does it. */
const met = (sides: (site: Site) => Promise<readonly [string, string]>) => async (bench: Bench) => {
  const site = await bench.site();
  const [one, two] = await sides(site);
  return site.target(await merge(site, one, two));
};

async function merge(site: Site, one: string, two: string): Promise<string> {
  const base = site.git(['merge-base', one, two]);
  const changed = site
    .git(['diff', '--name-status', '--no-renames', base, two])
    .split('\n')
    .filter((line) => line !== '');
  const [put, remove] = [new Map<string, string>(), [] as string[]];
  for (const line of changed) {
    const [kind = '', path = ''] = line.split('\t');
    if (kind === 'D') remove.push(path);
    else put.set(path, `${site.git(['show', `${two}:${path}`])}\n`);
  }
  const tree = await site.treeWith(one, Object.fromEntries(put), remove);
  return await site.commit({
    on: [one, two],
    by: null,
    tree,
    time: Math.max(afterCommit(site, one), afterCommit(site, two)),
  });
}

const nora = (site: Site) => newcomer(site, 'nora', 'mallory', ['domain-expert']);

/** An approval at a gate of production, on a branch of its own. */
async function expert(site: Site, on: string, who: Person | 'nora' = 'dora'): Promise<string> {
  const time = afterCommit(site, on);
  const key = who === 'nora' ? ('mallory' as const) : who;
  const world = await site.load(site.idOf(on));
  const entry = approval(site, world, { who: who as Person, key, gate: 'domain-validation', time });
  return await site.commit({ on, by: key, time, put: approvalFiles(entry) });
}

const twoOperators = rules(({ gates }) => (gates['operator-signoff'] = { quorum: 2 }));

export const CHANGE_MERGE_CASES: readonly AttackCase[] = [
  attack(
    'P5.tightened',
    'the policy is tightened on one side, the gate passed on the other, merged',
    'MERGE_CONFLICT',
    met(async (site) => {
      const law = await change(site, site.at('exported'), twoOperators, RULES);
      const passed = await site.commit({ on: 'exported', by: 'omar', put: await signOff(site) });
      return [law, passed];
    }),
  ),
  attack(
    'P5.control',
    'the same in one line: the gate as it was is not enough any more',
    'GATE_PENDING',
    async (bench) => {
      const site = await bench.site();
      const law = await change(site, site.at('exported'), twoOperators, RULES);
      const time = afterCommit(site, law);
      return site.target(
        await site.commit({ on: law, by: 'omar', time, put: await signOff(site, { time }) }),
      );
    },
  ),
  honest(
    'H11.enrolled-meanwhile',
    'an approval on a branch while main enrolled somebody',
    met(async (site) => [
      await change(site, site.at('deployed'), nora(site), PEOPLE),
      await expert(site, site.at('deployed')),
    ]),
  ),
  attack(
    'H9.retired',
    'a person retired on main approves on an old branch, which is merged afterwards',
    'ENDED_BEFORE_MERGE',
    met(async (site) => [
      await change(site, site.at('deployed'), retired(site, 'dora'), [
        { who: 'ana', role: 'operator' },
        { who: 'otto', role: 'policy-approver' },
      ]),
      await expert(site, site.at('deployed')),
    ]),
  ),
  attack(
    'H16.both-policies',
    'both sides of a merge changed the policy',
    'MERGE_CONFLICT',
    met(async (site) => [
      await change(site, site.at('exported'), core('0.7'), RULES),
      await change(site, site.at('exported'), core('0.71'), RULES),
    ]),
  ),
  attack(
    'H16.policy-and-line',
    'one side changed the policy, the other moved a line',
    'MERGE_CONFLICT',
    met(async (site) => {
      const law = await change(site, site.at('baseline'), core('0.7'), RULES);
      return [law, site.at('lock')];
    }),
  ),
  attack(
    'H16.policy-and-iteration',
    'one side changed the policy, the other moved an iteration',
    'MERGE_CONFLICT',
    met(async (site) => {
      const law = await change(site, site.at('evidenced'), core('0.7'), RULES);
      return [law, site.at('accepted')];
    }),
  ),
  honest(
    'H16.policy-and-proposal',
    'one side changed the policy, the other proposes something',
    met(async (site) => [
      await change(site, site.at('exported'), core('0.7'), RULES),
      (await propose(site, site.at('exported'), { edit: core('0.71') })).commit,
    ]),
  ),
  honest(
    'H16b.leaver',
    'somebody leaves on main, and a branch of others from before is merged afterwards',
    met(async (site) => [
      await change(site, site.at('deployed'), retired(site, 'omar'), PEOPLE),
      await expert(site, site.at('deployed')),
    ]),
  ),
  honest(
    'H16b.joiner',
    'somebody who joined acts on main, and a branch from before is merged afterwards',
    met(async (site) => {
      const joined = await change(site, site.at('deployed'), nora(site), PEOPLE);
      return [await expert(site, joined, 'nora'), await expert(site, site.at('deployed'))];
    }),
  ),
  attack(
    'H16b.joiner-elsewhere',
    'a newcomer acts on a branch that does not know him, and is merged into one that does',
    'SIGNATURE_REFUSED',
    met(async (site) => [
      await change(site, site.at('deployed'), nora(site), PEOPLE),
      await expert(site, site.at('deployed'), 'nora'),
    ]),
  ),
];
