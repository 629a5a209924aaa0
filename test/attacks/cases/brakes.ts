import { approval, approvalFiles, BUNDLE, bundleIn, signOff } from '../acts.ts';
import {
  brake,
  filesBetween,
  idOf,
  inForce,
  override,
  repositoryOf,
  telling,
  type OverrideSpec,
} from '../brakes.ts';
import { attack, honest, type AttackCase, type Bench, type Target } from '../case.ts';
import type { Site } from '../site.ts';

const LINE = 'claims-triage';
const STOP = { act: 'stop-candidates', lines: ['*'] };
const FREEZE = { act: 'freeze', line: LINE, alias: 'production' };
const DISABLE = { act: 'disable', capability: 'triage', lines: ['claims-*'] };
const suspend = (signer: string): object => ({ act: 'suspend-signer', signer });
const revoke = (site: Site, name: 'omar' | 'mia', as: string, keeps?: readonly string[]): object => ({
  act: 'revoke-signer',
  keys: [site.world.people.key(name).fingerprint],
  as,
  ...(keeps !== undefined && { keeps }),
});

/** A tip that somebody broke by hand. */
const brokenTip = (site: Site): Promise<string> =>
  site.commit({ on: 'validated', by: null, put: { [`${BUNDLE}/model-card.md`]: 'x\n' } });

/** One brake on the finished history, whatever it looks like. */
const pulled =
  (spec: (site: Site) => Partial<OverrideSpec> & { readonly brake: object }, more: Partial<Target> = {}) =>
  async (bench: Bench): Promise<Target> => {
    const site = await bench.site();
    return site.target(await brake(site, 'validated', spec(site)), more);
  };

/** One brake on a broken tip, which stays broken. */
const onBroken =
  (spec: (site: Site) => Partial<OverrideSpec> & { readonly brake: object }, ...acts: readonly string[]) =>
  async (bench: Bench): Promise<Target> => {
    const site = await bench.site();
    return site.target(await brake(site, await brokenTip(site), spec(site)), { check: inForce(...acts) });
  };

/** A brake with something else in its commit. */
const passenger =
  (build: (site: Site, files: ReturnType<typeof override>, time: number) => Promise<string>) =>
  async (bench: Bench): Promise<Target> => {
    const site = await bench.site();
    const time = site.after('validated');
    const files = override(site, await repositoryOf(site), { time, brake: STOP });
    return site.target(await build(site, files, time));
  };

/** A brake in a ref of its own, beside the branch. */
const beside =
  (
    build: (site: Site) => Promise<string>,
    check: (output: string) => string | null,
    on: 'validated' | 'broken' = 'validated',
  ) =>
  async (bench: Bench): Promise<Target> => {
    const site = await bench.site();
    const tip = on === 'validated' ? site.at('validated') : await brokenTip(site);
    site.git(['update-ref', 'refs/modelsmith/overrides/a', await build(site)]);
    return site.target(tip, { check });
  };

/** A brake on one side of a merge, an act on the other. */
const met =
  (from: 'lock' | 'exported', what: object, side: (site: Site) => Promise<string>) =>
  async (bench: Bench): Promise<Target> => {
    const site = await bench.site();
    const main = await brake(site, from, { brake: what });
    const other = await side(site);
    const files = filesBetween(site, from, main);
    return site.target(
      await site.commit({ on: [main, other], by: null, tree: await site.treeWith(other, files) }),
    );
  };

export const BRAKE_CASES: readonly AttackCase[] = [
  honest('G9.freeze', 'an alias is frozen; the frozen alias is shown as held', async (bench) => {
    const site = await bench.site();
    const check = telling(({ heldAliases }) =>
      heldAliases.some(({ alias }) => alias === 'production') ? null : 'production is not held',
    );
    return site.target(await brake(site, 'validated', { brake: FREEZE }), { check });
  }),
  honest(
    'G9.hand-written',
    'a brake in one line, keys in any order',
    pulled(() => ({ brake: STOP }), { check: inForce('stop-candidates') }),
  ),
  honest(
    'G9.clock-slow',
    'a brake signed with a clock that is days slow',
    pulled((site) => ({ brake: STOP, time: site.after('root') })),
  ),
  honest('G9.clock-fast', 'a brake signed tomorrow; it moves no clock, so later acts hold', async (bench) => {
    const site = await bench.site();
    const fast = await brake(site, 'exported', {
      brake: STOP,
      time: Math.floor(Date.now() / 1000) + 86_400,
    });
    const put = await signOff(site);
    return site.target(await site.commit({ on: fast, by: 'omar', time: site.after('exported'), put }));
  }),
  honest('G9.clock-was-fast', 'the same, and its day has come', async (bench) => {
    const site = await bench.site();
    const fast = await brake(site, 'exported', { brake: STOP, time: site.after('exported', 24) });
    const put = await signOff(site);
    return site.target(await site.commit({ on: fast, by: 'omar', time: site.after('exported'), put }));
  }),
  attack(
    'G9.broken-tip',
    'a brake on a broken tip: the tip stays broken, the brake is in force',
    'PARENT_VOID',
    onBroken(() => ({ brake: FREEZE }), 'freeze'),
  ),
  attack(
    'G9.malformed-tip',
    'a brake on a commit that git reads and the law does not',
    'COMMIT_MALFORMED',
    async (bench) => {
      const site = await bench.site();
      const odd = await site.commit({
        on: 'validated',
        by: null,
        put: { 'notes.txt': 'x\n' },
        object: (text) => text.replace('\ncommitter ', '\nauthor x <x> 1 +0000\ncommitter '),
      });
      const time = site.after('validated');
      return site.target(await brake(site, odd, { brake: FREEZE, time }), { check: inForce('freeze') });
    },
  ),
  attack(
    'G9.no-authority',
    'somebody without the role pulls a brake on a broken tip',
    'PARENT_VOID',
    onBroken(() => ({ brake: FREEZE, who: 'omar' })),
  ),
  attack(
    'G9.role-missing',
    'somebody without the role pulls a brake',
    'ROLE_NOT_HELD',
    pulled(() => ({ brake: FREEZE, who: 'omar' })),
  ),
  attack(
    'G9.grant-ended',
    'somebody whose role has ended pulls a brake with his clock set back',
    'ROLE_NOT_HELD',
    pulled((site) => ({ brake: FREEZE, who: 'uwe', time: site.after('root', 0) })),
  ),
  attack(
    'G9.machine',
    'a pipeline pulls a brake',
    'HUMAN_REQUIRED',
    pulled(() => ({ brake: STOP, who: 'trainer' })),
  ),
  attack(
    'G9.suspended',
    'somebody who is suspended lifts himself out by a brake of his own',
    'ROLE_NOT_HELD',
    async (bench) => {
      const site = await bench.site();
      const first = await brake(site, 'validated', { brake: suspend('otto') });
      return site.target(await brake(site, first, { who: 'otto', brake: suspend('mia') }));
    },
  ),
  attack(
    'G9.replaced',
    'a broken commit takes a brake away and another of that name is put in its place',
    'ENTRY_REMOVED',
    async (bench) => {
      const site = await bench.site();
      const time = site.after('validated');
      const id = 'a'.repeat(64);
      const first = await brake(site, 'validated', { brake: suspend('otto'), time, id });
      const gone = await site.commit({ on: first, by: 'otto', remove: [`overrides/${id}.json`] });
      const weak = await brake(site, gone, { brake: { act: 'disable', capability: 'x', lines: ['x'] }, id });
      return site.target(weak, { check: inForce('suspend-signer') });
    },
  ),
  attack(
    'G9.twins',
    'a branch with another brake of the same name is merged, to put it in the place of the first',
    'MERGE_CONFLICT',
    async (bench) => {
      const site = await bench.site();
      const id = 'a'.repeat(64);
      const main = await brake(site, 'validated', { brake: suspend('omar'), id });
      const side = await brake(site, 'validated', { who: 'otto', brake: STOP, id });
      const tree = site.treeOf(side);
      return site.target(await site.commit({ on: [side, main], by: null, tree }), {
        check: telling(({ overrides }) => (overrides.length > 0 ? null : 'no brake is in force')),
      });
    },
  ),
  attack(
    'G9b.policy',
    'a brake with a change of the policy',
    'LAW_CHANGED',
    passenger((site, files, time) =>
      site.commit({ on: 'validated', by: 'mia', time, put: { ...files, 'policy/policy.yaml': 'x\n' } }),
    ),
  ),
  attack(
    'G9b.policy-on-broken',
    'a brake with a change of the policy on a broken tip is not in force',
    'PARENT_VOID',
    async (bench) => {
      const site = await bench.site();
      const tip = await brokenTip(site);
      const put = { 'policy/policy.yaml': 'x\n' };
      return site.target(await brake(site, tip, { brake: STOP, put }), { check: inForce() });
    },
  ),
  attack(
    'G9b.merge',
    'a brake in a merge commit',
    'MERGE_NOT_MECHANICAL',
    passenger(async (site, files, time) => {
      const side = await site.commit({ on: 'exported', by: null, put: { 'notes.txt': 'x\n' } });
      const tree = await site.treeWith(site.at('validated'), { ...files, 'notes.txt': 'x\n' });
      return await site.commit({ on: [site.at('validated'), side], by: 'mia', time, tree });
    }),
  ),
  attack(
    'G9b.drill',
    'a brake for another repository, made in a drill',
    'ENTRY_OTHER_REPOSITORY',
    passenger(async (site, _files, time) => {
      const other = override(site, `drill-${'0'.repeat(26)}`, { time, brake: STOP });
      return await site.commit({ on: 'validated', by: 'mia', time, put: other });
    }),
  ),
  honest(
    'G9b.readme',
    'a brake with a change of a README, which is not governed',
    passenger((site, files, time) =>
      site.commit({ on: 'validated', by: 'mia', time, put: { ...files, 'README.md': '# x\n' } }),
    ),
  ),
  honest(
    'G9c.ref',
    'a brake in a ref of its own is in force before it is merged',
    beside(
      (site) => brake(site, 'validated', { brake: FREEZE }),
      telling(({ overrides }) =>
        overrides.some(({ ref }) => ref === 'refs/modelsmith/overrides/a') ? null : 'it is not in force',
      ),
    ),
  ),
  honest(
    'G9c.twin',
    'a brake in a ref of its own is in force although the branch took its name for a harmless one',
    async (bench) => {
      const site = await bench.site();
      const id = 'a'.repeat(64);
      const brakeRef = await brake(site, 'validated', { brake: suspend('omar'), id });
      site.git(['update-ref', 'refs/modelsmith/overrides/a', brakeRef]);
      const weak = { act: 'disable', capability: 'x', lines: ['x'] };
      const tip = await brake(site, 'validated', { who: 'otto', brake: weak, id });
      return site.target(tip, {
        check: telling(({ overrides }) =>
          overrides.some(({ act, ref }) => act === 'suspend-signer' && ref !== null)
            ? null
            : 'the brake is not in force',
        ),
      });
    },
  ),
  honest(
    'G9c.old-fork',
    'the same, signed on an old commit',
    beside((site) => brake(site, 'lock', { brake: FREEZE }), inForce('freeze')),
  ),
  attack(
    'G9c.broken-branch',
    'a brake in a ref of its own while the branch is broken',
    'UNSIGNED',
    beside((site) => brake(site, 'exported', { brake: FREEZE }), inForce('freeze'), 'broken'),
  ),
  honest(
    'G9c.lost-authority',
    'a brake by somebody who lost the authority, signed on an old fork: not obeyed, and the branch is fine',
    beside(
      (site) => brake(site, 'root', { who: 'uwe', brake: suspend('mia'), time: site.after('root', 0.5) }),
      telling(({ overrides, notObeyed }) =>
        overrides.length === 0 && notObeyed.length === 1 ? null : 'it is obeyed',
      ),
    ),
  ),
  honest(
    'G9c.outsider',
    'a ref of its own that an outsider signed is not obeyed, and the branch is fine',
    beside(
      async (site) => {
        const time = site.after('validated');
        const files = override(site, await repositoryOf(site), { time, brake: STOP, key: 'mallory' });
        return await site.commit({ on: 'validated', by: 'mallory', time, put: files });
      },
      telling(({ overrides, notObeyed }) =>
        overrides.length === 0 && notObeyed.length === 1 ? null : 'it is obeyed',
      ),
    ),
  ),
  attack(
    'G9c.descends',
    'a commit that lies only in a ref of its own does not count as the one to descend from',
    'NOT_DESCENDED',
    async (bench) => {
      const site = await bench.site();
      const side = await brake(site, 'validated', { brake: FREEZE });
      site.git(['update-ref', 'refs/modelsmith/overrides/a', side]);
      return site.target(site.at('validated'), { options: ['--expect-descends', side] });
    },
  ),
  attack('G10.request', 'a request while candidates are stopped', 'CANDIDATES_STOPPED', async (bench) => {
    const site = await bench.site();
    const stopped = await brake(site, 'lock', { brake: STOP });
    const put = filesBetween(site, 'lock', 'requested');
    const time = site.after('requested', 0);
    return site.target(await site.commit({ on: stopped, by: 'trainer', time, put }));
  }),
  attack('G10.lock', 'a lock while candidates are stopped', 'CANDIDATES_STOPPED', async (bench) => {
    const site = await bench.site();
    const stopped = await brake(site, 'baseline', { brake: STOP });
    const put = filesBetween(site, 'baseline', 'lock');
    const time = site.after('lock', 0);
    return site.target(await site.commit({ on: stopped, by: 'trainer', time, put }));
  }),
  attack(
    'G10.disabled',
    'a person promotes while a capability of the model is disabled',
    'CAPABILITY_DISABLED',
    async (bench) => {
      const site = await bench.site();
      const off = await brake(site, 'exported', { brake: DISABLE });
      const put = await signOff(site);
      return site.target(await site.commit({ on: off, by: 'omar', time: site.after('exported'), put }));
    },
  ),
  honest(
    'G10b.stopped',
    'a candidate on its way is evaluated and accepted while new ones are stopped',
    async (bench) => {
      const site = await bench.site();
      const stopped = await brake(site, 'evidenced', { brake: STOP });
      const put = filesBetween(site, 'evidenced', 'accepted');
      const time = site.after('accepted', 0);
      return site.target(await site.commit({ on: stopped, by: 'trainer', time, put }));
    },
  ),
  honest(
    'G10b.frozen',
    'a person signs a transition while the alias is frozen; the alias is held',
    async (bench) => {
      const site = await bench.site();
      const frozen = await brake(site, 'exported', { brake: { ...FREEZE, alias: 'serving' } });
      const put = await signOff(site);
      return site.target(await site.commit({ on: frozen, by: 'omar', time: site.after('exported'), put }), {
        check: telling(({ heldAliases }) =>
          heldAliases.some(({ alias }) => alias === 'serving') ? null : 'serving is not held',
        ),
      });
    },
  ),
  attack(
    'H16c.stop',
    'candidates are stopped on one side of a merge, one is requested on the other',
    'ENDED_BEFORE_MERGE',
    met('lock', STOP, (site) => Promise.resolve(site.at('requested'))),
  ),
  attack(
    'H16c.disable',
    'a capability is disabled on one side, a person promotes on the other',
    'ENDED_BEFORE_MERGE',
    met('exported', DISABLE, (site) => Promise.resolve(site.at('deployed'))),
  ),
  attack(
    'H16c.suspend',
    'a person is suspended on one side and signs on the other',
    'ENDED_BEFORE_MERGE',
    met('exported', suspend('omar'), (site) => Promise.resolve(site.at('deployed'))),
  ),
  attack(
    'H16c.revoke',
    'a key is revoked on one side and signs on the other',
    'ENDED_BEFORE_MERGE',
    async (bench) => {
      const site = await bench.site();
      return await met('exported', revoke(site, 'omar', 'retired'), (own) =>
        Promise.resolve(own.at('deployed')),
      )(bench);
    },
  ),
  honest(
    'H16c.freeze',
    'an alias is frozen on one side, a person promotes on the other',
    met('exported', FREEZE, (site) => Promise.resolve(site.at('deployed'))),
  ),
  honest(
    'H16c.objection',
    'a person is suspended on one side and rejected on the other: the no is not lost',
    async (bench) => {
      const site = await bench.site();
      const world = await site.load(site.at('deployed'));
      const time = site.after('deployed');
      const no = approval(site, world, { who: 'gus', gate: 'governance-approval', act: 'reject', time });
      const side = await site.commit({ on: 'deployed', by: 'gus', time, put: approvalFiles(no) });
      const main = await brake(site, 'deployed', { brake: suspend('gus') });
      const tree = await site.treeWith(main, approvalFiles(no));
      return site.target(await site.commit({ on: [main, side], by: null, tree }), {
        check: telling(({ standing }) =>
          standing[0]?.blocked.some(({ code }) => code === 'GATE_OBJECTED') === true
            ? null
            : 'the objection is gone',
        ),
      });
    },
  ),
  attack(
    'R4c.suspended',
    'a rejection is silenced by suspending its author',
    'GATE_OBJECTED',
    async (bench) => {
      const site = await bench.site();
      const world = await site.load(site.at('exported'));
      const time = site.after('exported', 0.5);
      const no = approval(site, world, { who: 'otto', gate: 'operator-signoff', act: 'reject', time });
      const rejected = await site.commit({ on: 'exported', by: 'otto', time, put: approvalFiles(no) });
      const silenced = await brake(site, rejected, { brake: suspend('otto') });
      return site.target(
        await site.commit({
          on: silenced,
          by: 'omar',
          time: site.after('exported'),
          put: await signOff(site),
        }),
      );
    },
  ),
  honest('K4.before', 'a key is retired by a brake; what it signed before stays good', async (bench) => {
    const site = await bench.site();
    const check = telling(({ standing }) =>
      standing[0]?.tainted.length === 0 ? null : 'something is tainted',
    );
    const brakes = { brake: revoke(site, 'omar', 'retired') };
    return site.target(await brake(site, 'validated', brakes), { check });
  }),
  attack('K4.after', 'a key that a brake retired signs on', 'KEY_ENDED', async (bench) => {
    const site = await bench.site();
    const retired = await brake(site, 'exported', { brake: revoke(site, 'omar', 'retired') });
    const put = await signOff(site);
    return site.target(await site.commit({ on: retired, by: 'omar', time: site.after('exported'), put }));
  }),
  honest(
    'K3.tainted',
    'a key is reported as compromised: what it signed is tainted and the aliases are held',
    async (bench) => {
      const site = await bench.site();
      const stolen = { brake: revoke(site, 'omar', 'compromised') };
      return site.target(await brake(site, 'validated', stolen), {
        check: telling(({ standing, heldAliases }) => {
          if (standing[0]?.tainted.some(({ code }) => code === 'TAINTED') !== true)
            return 'nothing is tainted';
          return heldAliases.length === 2 ? null : 'the aliases are not held';
        }),
      });
    },
  ),
  honest('K3.keeps', 'the report keeps what somebody has looked at', async (bench) => {
    const site = await bench.site();
    const { approvals, record } = bundleIn(await site.load(site.at('validated')));
    const keeps = [...approvals, ...record.transitions]
      .filter(({ principal }) => principal === 'omar')
      .map(({ id }) => id)
      .sort();
    const stolen = { brake: revoke(site, 'omar', 'compromised', keeps) };
    return site.target(await brake(site, 'validated', stolen), {
      check: telling(({ standing, heldAliases }) =>
        standing[0]?.tainted.length === 0 && heldAliases.length === 0 ? null : 'something is tainted',
      ),
    });
  }),
  attack(
    'K3.back-dated',
    'a compromised key signs on, dated before the report',
    'KEY_ENDED',
    async (bench) => {
      const site = await bench.site();
      const stolen = await brake(site, 'exported', { brake: revoke(site, 'omar', 'compromised') });
      const time = site.after('exported', 0);
      return site.target(
        await site.commit({ on: stolen, by: 'omar', time, put: await signOff(site, { time }) }),
      );
    },
  ),
  attack('K3.not-reaffirmed', 'people promote on what a compromised key signed', 'TAINTED', async (bench) => {
    const site = await bench.site();
    const stolen = await brake(site, 'expert', { brake: revoke(site, 'omar', 'compromised') });
    const put = filesBetween(site, 'expert', 'validated');
    const time = site.after('validated', 0);
    return site.target(await site.commit({ on: stolen, by: 'gus', time, put }));
  }),
  honest('S4b.brake', 'a twin of a brake with a comment in its armor is merged: one brake', async (bench) => {
    const site = await bench.site();
    const first = await brake(site, 'validated', { brake: STOP });
    const text = site.git(['cat-file', 'commit', first]);
    const twin = site.raw(
      'commit',
      `${text.replace('-----BEGIN PGP SIGNATURE-----\n', '$&' + ' Comment: twin\n')}\n`,
    );
    const tree = site.treeOf(first);
    return site.target(await site.commit({ on: [first, twin], by: null, tree }), {
      check: inForce('stop-candidates'),
    });
  }),
  attack('G9.id-false', 'a brake under another name than its id', 'ENTRY_UNRELATED', async (bench) => {
    const site = await bench.site();
    const time = site.after('validated');
    const files = override(site, await repositoryOf(site), { time, brake: STOP });
    const put = { [`overrides/${'b'.repeat(64)}.json`]: files[`overrides/${idOf(files)}.json`] ?? '' };
    return site.target(await site.commit({ on: 'validated', by: 'mia', time, put }));
  }),
];
