import { approval, approvalFiles, step, stepFiles } from '../acts.ts';
import { telling } from '../brakes.ts';
import { attack, honest, type AttackCase } from '../case.ts';
import {
  afterCommit,
  brake,
  change,
  core,
  PEOPLE,
  propose,
  putInForce,
  rolesOf,
  RULES,
  say,
} from '../changes.ts';
import type { Site } from '../site.ts';

const reported = (site: Site, on: string): Promise<string> =>
  brake(site, on, 'otto', {
    act: 'revoke-signer',
    keys: [site.world.people.key('mia').fingerprint],
    as: 'compromised',
  });

/** A threshold is lowered, and one of the three who approved it turns out to have been a thief with mia's key. */
const lowered = async (site: Site): Promise<string> =>
  await reported(site, await change(site, site.at('exported'), core('0.1'), RULES));

/** The thief approves, then the theft is reported, then ana puts the change in force. */
async function appliedLate(site: Site): Promise<string> {
  const { commit, id } = await propose(site, site.at('exported'), { edit: core('0.1') });
  const [ana = { who: 'ana', role: 'model-owner' }, ...others] = RULES;
  const on = await reported(site, await say(site, commit, id, others));
  return await putInForce(site, on, id, ana, { words: [ana] });
}

/** Omar signs off and carries the iteration on, by the law at a commit. */
async function goesOn(site: Site, on: string): Promise<string> {
  const time = afterCommit(site, on);
  const world = await site.load(on);
  const entry = approval(site, world, { who: 'omar', gate: 'operator-signoff', time });
  const by = { who: 'omar', role: 'operator', time } as const;
  const taken = step(site, world, { ...by, to: 'customer-deployed', reliedOn: [entry.id] });
  const put = { ...approvalFiles(entry), ...stepFiles(world, taken, [entry]) };
  return await site.commit({ on, by: 'omar', time, put });
}

export const STOLEN_APPROVAL_CASES: readonly AttackCase[] = [
  honest(
    'K3.change',
    'a key that approved a threshold is reported as compromised: transitions are held until people have looked',
    async (bench) => {
      const site = await bench.site();
      return site.target(await lowered(site), {
        check: telling(({ standing }) =>
          standing[0]?.blocked.some(({ code }) => code === 'POLICY_TAINTED') === true
            ? null
            : 'nothing is held',
        ),
      });
    },
  ),
  attack(
    'K3.change-carries-on',
    'an iteration goes on although a stolen key approved the threshold in force',
    'POLICY_TAINTED',
    async (bench) => {
      const site = await bench.site();
      return site.target(await goesOn(site, await lowered(site)));
    },
  ),
  honest(
    'K3.change-confirmed',
    'the same after people untouched by it have approved a version that leaves the threshold in force',
    async (bench) => {
      const site = await bench.site();
      const roles = ['operator', 'policy-approver', 'ml-manager'];
      const confirmed = await change(site, await lowered(site), rolesOf('omar', roles), PEOPLE);
      return site.target(await goesOn(site, confirmed));
    },
  ),
  attack(
    'K3.change-half-approved',
    'a change approved with a stolen key before the report is put in force by another approver after it',
    'CHANGE_PENDING',
    async (bench) => {
      const site = await bench.site();
      return site.target(await appliedLate(site));
    },
  ),
];
