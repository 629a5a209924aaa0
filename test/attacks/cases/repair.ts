import { parse, stringify } from 'yaml';
import {
  approval,
  approvalFiles,
  BUNDLE,
  bundleIn,
  header,
  ITERATION,
  signOff,
  step,
  stepFiles,
} from '../acts.ts';
import { brake, filesBetween, repair, second, telling, type RepairSpec } from '../brakes.ts';
import { attack, honest, type AttackCase, type Bench, type Target } from '../case.ts';
import type { KeyName } from '../people.ts';
import type { Files, Site } from '../site.ts';
import { LINE } from '../../../src/commands/demo/material.ts';
import { Approval } from '../../../src/domain/approval.ts';
import { seal } from '../../../src/domain/document.ts';
import { toIterationId, type EntryId } from '../../../src/domain/names.ts';
import type { World } from '../../../src/machine/world.ts';

const CARD = `${BUNDLE}/model-card.md`;

const incidents = (count: number, ...setAside: readonly string[]) =>
  telling(({ incidents: told }) => {
    const named = told.flatMap((incident) => incident.setAside.map(({ commit }) => commit));
    return told.length === count && setAside.every((commit) => named.includes(commit))
      ? null
      : `${told.length} incidents are told`;
  });

/** Somebody breaks the finished history by hand. */
const broken = (site: Site, put: Files = { [CARD]: 'x\n' }, by: KeyName | null = null): Promise<string> =>
  site.commit({ on: 'validated', by, put });

/** A broken tip and what somebody signs as its repair. */
const repaired =
  (change: (site: Site, bad: string) => Partial<RepairSpec> = () => ({})) =>
  async (bench: Bench): Promise<Target> => {
    const site = await bench.site();
    const bad = await broken(site);
    const spec = { on: bad, base: [site.at('validated')], setAside: [bad], ...change(site, bad) };
    const { commit } = await repair(site, spec);
    return site.target(commit);
  };

/** A sign-off dated late, a repair signed before that date by some, and then the day comes. */
const early =
  (people: {
    readonly who: 'mia' | 'dora';
    readonly role: string;
    readonly seconder?: 'otto';
    readonly between?: boolean;
  }) =>
  async (bench: Bench): Promise<Target> => {
    const site = await bench.site();
    const time = site.after('exported', 30);
    const late = await site.commit({ on: 'exported', by: 'omar', time, put: await signOff(site, { time }) });
    const setAside = [late];
    let tip = late;
    if (people.between === true) {
      // Somebody whose clock is right goes on, before anybody sees it.
      const put = approvalFiles(
        approval(site, await site.load(late), {
          who: 'dora',
          gate: 'domain-validation',
          time: site.after('exported', 0.5),
        }),
      );
      tip = await site.commit({ on: late, by: 'dora', time: site.after('exported', 0.5), put });
      setAside.push(tip);
    }
    const made = await repair(site, {
      ...{ on: tip, base: [site.at('exported')], setAside, who: people.who, role: people.role },
      time: site.after('exported', 1),
    });
    const seconder = people.seconder;
    const end =
      seconder === undefined
        ? made.commit
        : await second(site, made, {
            who: seconder,
            role: 'policy-approver',
            time: site.after('exported', 1.1),
          });
    const on = site.after('exported', 2);
    const put = await signOff(site, { who: 'otto', time: on });
    return site.target(await site.commit({ on: end, by: 'otto', time: on, put }), {
      ...(seconder !== undefined && people.who === 'mia' && { check: incidents(1, late) }),
    });
  };

/** Two sign-offs of one iteration, merged although they do not go together. */
const disputed = async (site: Site) => {
  const one = await site.commit({ on: 'exported', by: 'omar', put: await signOff(site) });
  const two = await site.commit({ on: 'exported', by: 'otto', put: await signOff(site, { who: 'otto' }) });
  const tree = site.treeOf(one);
  const merge = await site.commit({ on: [one, two], by: null, tree, time: site.after('exported', 2) });
  const lost = await entriesOnly(site, two, one);
  const stands = [`aliases of ${LINE}`, `${LINE}@1.0.0`].sort().map((strand) => ({ strand, commit: one }));
  // What both sides added to the log stays; the transition of the second is given up.
  const union = filesBetween(site, 'exported', two);
  const approvals = Object.fromEntries(
    Object.entries(union).filter(([path]) => path.includes('/approvals/')),
  );
  return { one, two, merge, lost, stands, approvals };
};

/** Ids of the transitions that one commit has and another has not. */
async function entriesOnly(site: Site, of: string, than: string): Promise<readonly string[]> {
  const ids = async (commit: string): Promise<readonly string[]> =>
    bundleIn(await site.load(commit)).record.transitions.map(({ id }) => id);
  const known = new Set(await ids(than));
  return (await ids(of)).filter((id) => !known.has(id)).sort();
}

const choice =
  (seconder: 'otto' | 'omar' | 'mia' | null, who: 'mia' | 'dora' = 'mia', changes: object = {}) =>
  async (bench: Bench): Promise<Target> => {
    const site = await bench.site();
    const { one, two, merge, lost, stands, approvals } = await disputed(site);
    const made = await repair(site, {
      ...{ on: merge, base: [one, two], restores: one, setAside: [merge], who, put: approvals },
      role: who === 'mia' ? 'policy-approver' : 'domain-expert',
      changes: { stands, lost, ...changes },
    });
    if (seconder === null) return site.target(made.commit);
    const role = seconder === 'omar' ? 'operator' : 'policy-approver';
    return site.target(await second(site, made, { who: seconder, role }));
  };

/** A choice by which the alias moved by one sign-off and the record holds the other. */
const torn = async (bench: Bench): Promise<Target> => {
  const site = await bench.site();
  const { one, two, merge, lost, stands, approvals } = await disputed(site);
  const aliases = `promotions/${LINE}/aliases.json`;
  const made = await repair(site, {
    ...{ on: merge, base: [one, two], restores: one, setAside: [merge], who: 'mia', role: 'policy-approver' },
    put: { ...approvals, [aliases]: site.git(['show', `${two}:${aliases}`]) + '\n' },
    changes: {
      stands: stands.map((each) => (each.strand.startsWith('aliases') ? { ...each, commit: two } : each)),
      lost,
    },
  });
  return site.target(await second(site, made, { who: 'otto', role: 'policy-approver' }));
};

/** The law with a thief's key added to somebody's, and the role to pull brakes. */
function thiefEnrolled(site: Site): Files {
  const { fingerprint, publicArmored } = site.world.people.key('mallory');
  const text = site.git(['show', `${site.at('root')}:policy/signers.yaml`]);
  const signers = parse(text) as {
    principals: { id: string; keys: object[]; roles: object[] }[];
  };
  for (const person of signers.principals) {
    if (person.id !== 'dora') continue;
    person.keys.push({ fingerprint });
    person.roles.push({ role: 'override', lines: ['*'] });
  }
  return {
    'policy/signers.yaml': stringify(signers),
    [`policy/keys/${fingerprint}.asc`]: publicArmored,
  };
}

function withdrawal(site: Site, world: World, withdraws: EntryId, time: number): Approval {
  return seal(Approval, {
    schema: 'modelsmith/approval/v1',
    ...header(site, world, 'withdraw', { who: 'omar', role: 'operator', time }, [withdraws]),
    iteration: toIterationId(ITERATION),
    gate: 'operator-signoff',
    withdraws,
    answers: [],
    reason: 'I looked at the wrong model.',
  } as never);
}

/** Code that grew on a broken branch comes home after the repair. */
const codeBranch =
  (more: (site: Site, code: string) => Promise<string>, put: Files = {}) =>
  async (bench: Bench): Promise<Target> => {
    const site = await bench.site();
    const bad = await broken(site);
    const code = await site.commit({ on: bad, by: null, put: { 'src/train.py': 'print(1)\n' } });
    const side = await more(site, code);
    const made = await repair(site, { on: bad, base: [site.at('validated')], setAside: [bad] });
    const brakes = Object.entries(filesBetween(site, bad, side)).filter(([path]) =>
      path.startsWith('overrides/'),
    );
    const tree = await site.treeWith(made.commit, {
      'src/train.py': 'print(1)\n',
      ...Object.fromEntries(brakes),
      ...put,
    });
    return site.target(await site.commit({ on: [made.commit, side], by: null, tree }));
  };

/** A guarded file changed by hand, and what is made of it. */
const guarded =
  (
    by: KeyName | null,
    next: (site: Site, bad: string) => Promise<string> = (_site, bad) => Promise.resolve(bad),
  ) =>
  async (bench: Bench): Promise<Target> => {
    const site = await bench.site('guarded');
    const bad = await site.commit({ on: 'deployed', by, put: { '.gitattributes': '* text\n' } });
    return site.target(await next(site, bad));
  };

/** The tree of `deployed` with one more entry at its top. */
function withTop(site: Site, kind: string, name: string, id = site.blob('/tmp/elsewhere')): string {
  const commit = site.at('deployed');
  const shown = kind.endsWith('commit') ? commit : id;
  const entries = [site.git(['ls-tree', commit]), `${kind} ${shown}\t${name}`];
  return site.git(['mktree', '--missing'], `${entries.join('\n')}\n`);
}

/** A person is suspended on one side and promotes on the other; the merge is void, and what is said to repair it. */
const smuggled = async (bench: Bench): Promise<Target> => {
  const site = await bench.site();
  const what = { act: 'suspend-signer', signer: 'omar' };
  const stopped = await brake(site, 'exported', { brake: what });
  const bare = await site.treeWith(site.at('deployed'), filesBetween(site, 'exported', stopped));
  const merge = await site.commit({ on: [stopped, site.at('deployed')], by: null, tree: bare });
  const time = site.after('deployed', 2);
  const spec = { on: merge, base: [stopped, site.at('deployed')], setAside: [merge], time };
  return site.target((await repair(site, { ...spec, restores: merge })).commit);
};

export const REPAIR_CASES: readonly AttackCase[] = [
  attack(
    'H16c.repaired',
    'a person is suspended on one side of a merge and promotes on the other; one person repairs both into force',
    'REPAIR_DIFFERS',
    smuggled,
  ),
  attack(
    'H15d.decision',
    'a decision signed on a void branch is merged away after a repair that does not name it',
    'PARENT_VOID',
    async (bench) => {
      const site = await bench.site();
      const bad = await site.commit({ on: 'exported', by: null, put: { [CARD]: 'x\n' } });
      const time = site.after('exported');
      const lost = await site.commit({ on: bad, by: 'omar', time, put: await signOff(site) });
      const spec = { on: bad, base: [site.at('exported')], setAside: [bad], time: time + 60 };
      const { commit } = await repair(site, spec);
      const tree = site.treeOf(commit);
      return site.target(await site.commit({ on: [commit, lost], by: null, tree }));
    },
  ),
  honest('H14.repaired', 'a record is edited by hand, then repaired; the incident is told', async (bench) => {
    const site = await bench.site();
    const bad = await broken(site);
    const made = await repair(site, { on: bad, base: [site.at('validated')], setAside: [bad] });
    return site.target(made.commit, { check: incidents(1, bad) });
  }),
  attack(
    'H14.unrepaired',
    'a record is edited by hand, honest commits on top',
    'PARENT_VOID',
    async (bench) => {
      const site = await bench.site();
      const bad = await site.commit({ on: 'exported', by: null, put: { [CARD]: 'x\n' } });
      const time = site.after('exported');
      return site.target(await site.commit({ on: bad, by: 'omar', time, put: await signOff(site) }));
    },
  ),
  honest('H14.again', 'the same, repaired, and the honest act made again', async (bench) => {
    const site = await bench.site();
    const bad = await site.commit({ on: 'exported', by: null, put: { [CARD]: 'x\n' } });
    const time = site.after('exported');
    const put = await signOff(site);
    const lost = await site.commit({ on: bad, by: 'omar', time, put });
    const made = await repair(site, {
      ...{ on: lost, base: [site.at('exported')], setAside: [bad, lost], time: time + 60 },
    });
    const again = await signOff(site, { time: time + 120 });
    return site.target(await site.commit({ on: made.commit, by: 'omar', time: time + 120, put: again }), {
      check: incidents(1, bad, lost),
    });
  }),
  honest('H14.twice', 'two incidents one after the other', async (bench) => {
    const site = await bench.site();
    const bad = await broken(site);
    const made = await repair(site, { on: bad, base: [site.at('validated')], setAside: [bad] });
    const worse = await site.commit({ on: made.commit, by: null, remove: [CARD] });
    const again = await repair(site, { on: worse, base: [made.commit], setAside: [worse] });
    return site.target(again.commit, { check: incidents(2, bad, worse) });
  }),
  honest('H14.malformed', 'a commit that git reads and the law does not is repaired', async (bench) => {
    const site = await bench.site();
    const bad = await broken(site);
    const first = await repair(site, { on: bad, base: [site.at('validated')], setAside: [bad] });
    const odd = await site.commit({
      ...{ on: first.commit, by: null, put: { 'notes.txt': 'x\n' } },
      object: (text) => text.replace('\ncommitter ', '\nauthor x <x> 1 +0000\ncommitter '),
    });
    const time = Math.floor(Date.now() / 1000) - 3600;
    const made = await repair(site, { on: odd, base: [first.commit], setAside: [odd], time });
    return site.target(made.commit, { check: incidents(2, odd) });
  }),
  honest('H14.symlink', 'links and names in another spelling are repaired away', async (bench) => {
    const site = await bench.site();
    const tree = site.git(
      ['mktree'],
      `${site.git(['ls-tree', site.at('validated')])}\n120000 blob ${site.blob('/etc/passwd')}\tPolicy\n`,
    );
    const bad = await site.commit({ on: 'validated', by: null, tree });
    const made = await repair(site, { on: bad, base: [site.at('validated')], setAside: [bad] });
    return site.target(made.commit);
  }),
  attack(
    'H15.more',
    'a repair that restores and edits something beside',
    'REPAIR_NOT_RESTORED',
    repaired(() => ({ put: { [`${BUNDLE}/rollback-procedure.md`]: 'x\n' } })),
  ),
  attack(
    'H15.keeps',
    'a repair that keeps what it claims to set aside',
    'REPAIR_NOT_RESTORED',
    repaired((_site, bad) => ({ restores: bad })),
  ),
  attack(
    'H15.rewind',
    'a repair that goes back further than the last valid commit',
    'REPAIR_NOT_RESTORED',
    repaired((site) => ({ restores: site.at('deployed') })),
  ),
  attack(
    'H15.rewind-told',
    'the same, and it says so',
    'REPAIR_DIFFERS',
    repaired((site) => ({ base: [site.at('deployed')], setAside: [site.at('expert')] })),
  ),
  attack(
    'H15.silent',
    'a repair that does not name what it sets aside',
    'REPAIR_DIFFERS',
    repaired(() => ({ setAside: [] })),
  ),
  attack(
    'H15.machine',
    'a pipeline repairs',
    'HUMAN_REQUIRED',
    repaired(() => ({ who: 'trainer', role: 'pipeline' })),
  ),
  attack(
    'H15.auditor',
    'an auditor repairs',
    'ROLE_CANNOT',
    repaired(() => ({ who: 'aud', role: 'auditor' })),
  ),
  attack(
    'H15.outsider',
    'an outsider repairs',
    'SIGNATURE_REFUSED',
    repaired(() => ({ by: 'mallory' })),
  ),
  attack(
    'H15.unsigned',
    'nobody signs the repair',
    'UNSIGNED',
    repaired(() => ({ by: null })),
  ),
  attack(
    'H15.other-signer',
    'a repair in somebody else’s name',
    'ENTRY_NOT_SIGNERS',
    repaired(() => ({ by: 'omar' })),
  ),
  attack('H15.nothing-broken', 'a repair of what is valid', 'ENTRY_REMOVED', async (bench) => {
    const site = await bench.site();
    const made = await repair(site, {
      on: site.at('validated'),
      base: [site.at('expert')],
      setAside: [site.at('validated')],
    });
    return site.target(made.commit);
  }),
  attack(
    'H15.brake-dropped',
    'a repair that drops a brake pulled on the broken tip',
    'REPAIR_NOT_RESTORED',
    async (bench) => {
      const site = await bench.site();
      const bad = await broken(site);
      const stop = { act: 'stop-candidates', lines: ['*'] };
      const braked = await brake(site, bad, { brake: stop });
      const made = await repair(site, {
        on: braked,
        base: [site.at('validated')],
        setAside: [bad, braked],
      });
      return site.target(made.commit, {
        check: telling(({ overrides }) => (overrides.length === 1 ? null : 'the brake is gone')),
      });
    },
  ),
  honest('H15.brake-kept', 'a repair that keeps the brake', async (bench) => {
    const site = await bench.site();
    const bad = await broken(site);
    const stop = { act: 'stop-candidates', lines: ['*'] };
    const braked = await brake(site, bad, { brake: stop });
    const made = await repair(site, {
      ...{ on: braked, base: [site.at('validated')], setAside: [bad, braked] },
      put: filesBetween(site, bad, braked),
    });
    return site.target(made.commit, {
      check: telling(({ overrides }) => (overrides.length === 1 ? null : 'the brake is gone')),
    });
  }),
  attack(
    'H15b.thief',
    'a broken commit enrols a thief, an honest brake comes on top, then the thief pulls one: only the honest one is in force',
    'LAW_CHANGED',
    async (bench) => {
      const site = await bench.site();
      const bad = await site.commit({ on: 'validated', by: 'mia', put: thiefEnrolled(site) });
      const honestBrake = await brake(site, bad, { brake: { act: 'suspend-signer', signer: 'omar' } });
      const thief = { who: 'dora', key: 'mallory', brake: { act: 'suspend-signer', signer: 'mia' } } as const;
      return site.target(await brake(site, honestBrake, thief), {
        check: telling(({ overrides }) =>
          overrides.length === 1 ? null : `${overrides.length} brakes are in force`,
        ),
      });
    },
  ),
  honest('H15c.two', 'both sides of a merge moved one iteration; repaired by two', choice('otto')),
  attack('H15c.other', 'the second is no policy approver, and others are', 'ROLE_CANNOT', choice('omar')),
  attack('H15c.one', 'the same, repaired by one', 'REPAIR_UNSECONDED', choice(null)),
  attack('H15c.same', 'the same person seconds', 'REPAIR_UNSECONDED', choice('mia')),
  attack(
    'H15c.no-approver',
    'somebody who is no policy approver chooses',
    'ROLE_CANNOT',
    choice('otto', 'dora'),
  ),
  attack(
    'H15c.torn',
    'a choice that keeps the alias one sign-off moved and the record of the other',
    'REPAIR_TEARS',
    torn,
  ),
  attack(
    'H15c.nothing-lost',
    'a choice that does not say what is lost',
    'REPAIR_DIFFERS',
    choice('otto', 'mia', { lost: [] }),
  ),
  attack(
    'H15c.nothing-said',
    'a choice that is not said',
    'REPAIR_DIFFERS',
    choice('otto', 'mia', { stands: [] }),
  ),
  honest(
    'H15d.code',
    'a code branch forked while the branch was broken, merged after the repair',
    codeBranch((_site, code) => Promise.resolve(code)),
  ),
  honest(
    'H15d.brake',
    'the same with a brake on it: it comes home too',
    codeBranch((site, code) => brake(site, code, { brake: { act: 'stop-candidates', lines: ['*'] } })),
  ),
  attack(
    'H15d.passenger',
    'the same, bringing a governed change',
    'PARENT_VOID',
    codeBranch((_site, code) => Promise.resolve(code), { [CARD]: 'y\n' }),
  ),
  attack(
    'H15d.unrepaired',
    'a code branch from a broken commit that no incident names',
    'PARENT_VOID',
    async (bench) => {
      const site = await bench.site();
      const bad = await broken(site);
      const code = await site.commit({ on: bad, by: null, put: { 'src/train.py': 'print(1)\n' } });
      const tree = await site.treeWith(site.at('validated'), { 'src/train.py': 'print(1)\n' });
      return site.target(await site.commit({ on: [site.at('validated'), code], by: null, tree }));
    },
  ),
  honest(
    'H15e.day-came',
    'a sign-off dated too late, repaired by two, verified when its day has come',
    early({ who: 'mia', role: 'policy-approver', seconder: 'otto' }),
  ),
  honest(
    'H15e.honest-between',
    'the same with an honest commit in between',
    early({ who: 'mia', role: 'policy-approver', seconder: 'otto', between: true }),
  ),
  attack(
    'H15e.one',
    'a repair dated back takes away a decision, by one person',
    'TIME_BACKWARDS',
    early({ who: 'mia', role: 'policy-approver' }),
  ),
  attack(
    'H15e.no-approver',
    'a repair dated back by somebody who is no policy approver',
    'TIME_BACKWARDS',
    early({ who: 'dora', role: 'domain-expert', seconder: 'otto' }),
  ),
  attack(
    'H15e.rewind',
    'a repair dated back to before everything, by somebody whose key was revoked since',
    'KEY_ENDED',
    async (bench) => {
      const site = await bench.site();
      const revoked = {
        act: 'revoke-signer',
        keys: [site.world.people.key('mia').fingerprint],
        as: 'retired',
      };
      const time = site.after('lock');
      const gone = await brake(site, 'lock', { who: 'otto', time, brake: revoked });
      const later = filesBetween(site, 'lock', 'requested');
      const on = site.after('requested', 0);
      const request = await site.commit({ on: gone, by: 'trainer', time: on, put: later });
      const made = await repair(site, {
        ...{ on: request, base: [gone], setAside: [request], who: 'mia', role: 'policy-approver' },
        time: time + 60,
      });
      return site.target(
        await second(site, made, { who: 'otto', role: 'policy-approver', time: time + 120 }),
      );
    },
  ),
  attack('H18.unsigned', 'a guarded file is changed without a signature', 'UNSIGNED', guarded(null)),
  attack('H18.not-yours', 'a guarded file is changed by an operator', 'GUARDED_PATH', guarded('omar')),
  honest('H18.approver', 'a guarded file is changed by a policy approver', guarded('mia')),
  attack(
    'H18.case',
    'a file that some file systems take for the guarded one appears beside it',
    'UNSIGNED',
    async (bench) => {
      const site = await bench.site('guarded');
      const put = { '.GitAttributes': '* filter=mine\n', 'CI/verify.yml': 'true\n' };
      return site.target(await site.commit({ on: 'deployed', by: null, put }));
    },
  ),
  attack('H18.link', 'a link takes the place of a guarded folder', 'UNSIGNED', async (bench) => {
    const site = await bench.site('guarded');
    return site.target(
      await site.commit({ on: 'deployed', by: null, tree: withTop(site, '120000 blob', 'ci') }),
    );
  }),
  attack('H18.submodule', 'a submodule takes the place of a guarded folder', 'UNSIGNED', async (bench) => {
    const site = await bench.site('guarded');
    return site.target(
      await site.commit({ on: 'deployed', by: null, tree: withTop(site, '160000 commit', 'ci') }),
    );
  }),
  attack(
    'H18.twice',
    'the guarded folder lists one name twice: git reads a file there',
    'TREE_MALFORMED',
    async (bench) => {
      const site = await bench.site('guarded');
      const [one, two] = ['true\n', 'false\n'].map((text) => Buffer.from(site.blob(text), 'hex'));
      const entry = (id = Buffer.alloc(0)): Buffer => Buffer.concat([Buffer.from('100644 verify.yml\0'), id]);
      const ci = site.raw('tree', Buffer.concat([entry(one), entry(two)]));
      const tree = withTop(site, '040000 tree', 'ci', ci);
      return site.target(await site.commit({ on: 'deployed', by: null, tree }));
    },
  ),
  attack(
    'H18.evil-merge',
    'an evil merge changes only a guarded file',
    'MERGE_NOT_MECHANICAL',
    async (bench) => {
      const site = await bench.site('guarded');
      const side = await site.commit({ on: 'exported', by: null, put: { 'src/a.py': 'a\n' } });
      const tree = await site.treeWith(site.at('deployed'), {
        'src/a.py': 'a\n',
        '.gitattributes': '* text\n',
      });
      return site.target(await site.commit({ on: [site.at('deployed'), side], by: null, tree }));
    },
  ),
  attack('H18.new', 'a guarded file that was not there appears in a folder', 'UNSIGNED', async (bench) => {
    const site = await bench.site('guarded');
    return site.target(await site.commit({ on: 'deployed', by: null, put: { 'ci/verify.yml': 'x\n' } }));
  }),
  honest(
    'H18.repaired',
    'a guarded file changed by hand is repaired',
    guarded(
      null,
      async (site, bad) =>
        (await repair(site, { on: bad, base: [site.at('deployed')], setAside: [bad] })).commit,
    ),
  ),
  attack(
    'H18.not-restored',
    'a repair leaves a guarded file as it is',
    'REPAIR_NOT_RESTORED',
    guarded(
      null,
      async (site, bad) =>
        (await repair(site, { on: bad, base: [site.at('deployed')], restores: bad, setAside: [bad] })).commit,
    ),
  ),
  honest('H18.beside', 'links and submodules beside the governed names', async (bench) => {
    const site = await bench.site();
    const entries = [
      site.git(['ls-tree', site.at('validated')]),
      `120000 blob ${site.blob('/etc/passwd')}\tlink`,
      `160000 commit ${site.at('validated')}\tvendor`,
    ];
    const tree = site.git(['mktree', '--missing'], `${entries.join('\n')}\n`);
    return site.target(await site.commit({ on: 'validated', by: null, tree }));
  }),
  honest(
    'H17.withdrawn',
    'an approval is withdrawn on one side, a transition relied on it on the other: contested, aliases held',
    async (bench) => {
      const site = await bench.site();
      const world = await site.load(site.at('exported'));
      const time = site.after('exported', 0.5);
      const entry = approval(site, world, { who: 'omar', gate: 'operator-signoff', time });
      const approved = await site.commit({ on: 'exported', by: 'omar', time, put: approvalFiles(entry) });
      const after = await site.load(approved);
      const on = time + 600;
      const by = { who: 'otto', role: 'operator', time: on } as const;
      const taken = step(site, after, { ...by, to: 'customer-deployed', reliedOn: [entry.id] });
      const main = await site.commit({ on: approved, by: 'otto', time: on, put: stepFiles(after, taken) });
      const back = approvalFiles(withdrawal(site, after, entry.id, on));
      const side = await site.commit({ on: approved, by: 'omar', time: on, put: back });
      const tree = await site.treeWith(main, back);
      return site.target(await site.commit({ on: [main, side], by: null, tree }), {
        check: telling(({ heldAliases }) =>
          heldAliases.some(({ alias }) => alias === 'serving') ? null : 'nothing is held',
        ),
      });
    },
  ),
];
