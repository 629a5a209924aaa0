import { LineName } from '../../../src/domain/names.ts';
import { aliasesFile } from '../../../src/domain/paths.ts';
import { aliasesOf } from '../../../src/machine/world.ts';
import { deprecationRelies } from '../../../src/machine/acts/deprecate.ts';
import { approval, approvalFiles, bundleIn, ITERATION, step, stepFiles } from '../acts.ts';
import { brake, filesBetween, telling } from '../brakes.ts';
import { attack, honest, type AttackCase, type Bench, type Target } from '../case.ts';
import type { KeyName } from '../people.ts';
import { aliasFiles, OMAR, pinFiles, pinnedOn, unpinFiles, type SignedPin } from '../pins.ts';
import type { Files, Site } from '../site.ts';
import type { Label } from '../world.ts';

type Pinned = SignedPin & { readonly on?: Label };

/** A history in which 1.0.0 served and 1.1.0 took its place. */
const siteOf = (bench: Bench): Promise<Site> => bench.site('succession');

/** A pin in a commit of its own. */
const pin =
  ({ on = 'succeeded', ...spec }: Pinned = {}) =>
  async (bench: Bench): Promise<Target> => {
    const site = await siteOf(bench);
    return site.target(await pinnedOn(site, on, spec));
  };

/** Something signed on top of a pin at 1.0.0. */
const afterPin =
  (by: KeyName, put: (site: Site, on: string, time: number) => Promise<Files>, on: Label = 'succeeded') =>
  async (bench: Bench): Promise<Target> => {
    const site = await siteOf(bench);
    const pinned = await pinnedOn(site, on);
    const time = site.timeOf(pinned) + 1200;
    return site.target(await site.commit({ on: pinned, by, time, put: await put(site, pinned, time) }));
  };

/** Omar ends 1.0.0. */
async function ending(site: Site, on: string, time: number): Promise<Files> {
  const world = await site.load(on);
  const reliedOn = deprecationRelies(bundleIn(world));
  return stepFiles(
    world,
    step(site, world, { ...OMAR, time, to: 'deprecated', reliedOn, changes: { reason: 'Old.' } }),
  );
}

/** Signs 1.1.0 off after 1.0.0 was pinned. @param isMoved whether that says it moved the alias. */
const promotedMeanwhile =
  (isMoved: boolean) =>
  async (bench: Bench): Promise<Target> => {
    const site = await siteOf(bench);
    const on = await pinnedOn(site, 'submitted');
    const time = site.timeOf(site.idOf('succeeded'));
    const brought = filesBetween(site, 'submitted', 'succeeded');
    const moved = aliasesOf((await site.load(site.idOf('succeeded'))).tree, ITERATION.line)?.steps.at(-1);
    if (moved?.cause !== 'transition') throw new Error('the second iteration moved nothing');
    const aliases = aliasFiles(await site.load(on), (steps) => [
      ...steps,
      isMoved ? moved : { ...moved, moves: [] },
    ]);
    return site.target(await site.commit({ on, by: 'omar', time, put: { ...brought, ...aliases } }));
  };

/** A pin on one side and something else on the other, put together by a merge that nobody signs. */
const meeting =
  (other: (site: Site, time: number) => Promise<string>, check?: Target['check']) =>
  async (bench: Bench): Promise<Target> => {
    const site = await siteOf(bench);
    const pinned = await pinnedOn(site, 'succeeded');
    const time = site.timeOf(pinned) + 60;
    const theirs = await other(site, time);
    const put = filesBetween(site, 'succeeded', theirs);
    const merge = await site.commit({ on: [pinned, theirs], by: null, time: time + 60, put });
    return site.target(merge, check === undefined ? {} : { check });
  };

const held = (expected: readonly string[]) =>
  telling(({ heldAliases }) => {
    const found = heldAliases.map(({ alias, to }) => `${alias} ${String(to)}`);
    return found.join() === expected.join() ? null : `held are ${found.join(', ')}`;
  });

/** The key of gus turns out to be stolen after he pinned. */
async function stolenPin(site: Site): Promise<string> {
  const on = await pinnedOn(site, 'succeeded', { who: 'gus', role: 'release-owner' });
  const keys = [site.world.people.key('gus').fingerprint];
  return await brake(site, on, { brake: { act: 'revoke-signer', keys, as: 'compromised', keeps: [] } });
}

export const PIN_CASES: readonly AttackCase[] = [
  honest('A1.control', 'an operator goes back to what served before, by hand', pin()),
  honest('A1.release-owner', 'a release owner does', pin({ who: 'gus', role: 'release-owner' })),
  honest('A1.keep', 'an operator keeps an alias where it is', pin({ version: '1.1.0' })),
  attack('A1.team-lead', 'a team lead pins', 'ROLE_CANNOT', pin({ who: 'otto', role: 'team-lead' })),
  attack('A1.not-held', 'a domain expert pins as operator', 'ROLE_NOT_HELD', pin({ who: 'dora' })),
  attack('A1.machine', 'the pipeline pins', 'HUMAN_REQUIRED', pin({ who: 'trainer', role: 'pipeline' })),
  attack(
    'A1.machine-operator',
    'the pipeline says it is an operator',
    'HUMAN_REQUIRED',
    pin({ who: 'trainer' }),
  ),
  attack(
    'A1.other-signer',
    'an operator’s pin is signed by another',
    'ENTRY_NOT_SIGNERS',
    pin({ by: 'otto' }),
  ),
  attack(
    'A2.never',
    'an alias is put at what no customer ever had',
    'STATE_OTHER',
    pin({ on: 'submitted', version: '1.1.0' }),
  ),
  attack('A2.unknown', 'at an iteration that nobody knows', 'ITERATION_UNKNOWN', pin({ version: '9.0.0' })),
  attack(
    'A2.production',
    'production, at what was never validated',
    'STATE_OTHER',
    pin({ alias: 'production' }),
  ),
  attack('A2.deprecated', 'at what is deprecated', 'STATE_OTHER', async (bench) => {
    const site = await siteOf(bench);
    const time = site.after('succeeded');
    const ended = await site.commit({
      on: 'succeeded',
      by: 'omar',
      time,
      put: await ending(site, site.at('succeeded'), time),
    });
    return site.target(await pinnedOn(site, ended));
  }),
  attack('A2.tainted', 'at what a stolen key let go to customers', 'TAINTED', async (bench) => {
    const site = await siteOf(bench);
    const keys = [site.world.people.key('omar').fingerprint];
    const on = await brake(site, 'succeeded', {
      brake: { act: 'revoke-signer', keys, as: 'compromised', keeps: [] },
    });
    return site.target(await pinnedOn(site, on, { who: 'otto' }));
  }),
  attack(
    'A3.elsewhere',
    'a pin that says it moved the alias elsewhere',
    'UNEXPLAINED_CHANGE',
    pin({ step: { moves: [{ alias: 'production', from: null, to: '1.0.0' }] } }),
  ),
  attack(
    'A3.other-line',
    'a pin of another line',
    'ITERATION_UNKNOWN',
    pin({ changes: { line: 'letters' } }),
  ),
  attack(
    'A3.other-repository',
    'a pin of another repository',
    'ENTRY_OTHER_REPOSITORY',
    pin({ changes: { repository: '0123456789abcdefghjkmnpqrs' } }),
  ),
  attack(
    'A3.alone',
    'a pin that relies on no step of its iteration',
    'RELIED_ON_FALSE',
    pin({ changes: { reliedOn: [] } }),
  ),
  attack('A3.passenger', 'a pin with an approval beside it', 'COMMIT_MIXES_DECISIONS', async (bench) => {
    const site = await siteOf(bench);
    const world = await site.load(site.at('succeeded'));
    const time = site.after('succeeded');
    const entry = approval(site, world, { who: 'gus', gate: 'governance-approval', time });
    const put = {
      ...pinFiles(site, world, { who: 'gus', role: 'release-owner', time }),
      ...approvalFiles(entry),
    };
    return site.target(await site.commit({ on: 'succeeded', by: 'gus', time, put }));
  }),
  attack(
    'A3.removed',
    'a pin is taken out again',
    'NO_ACT',
    afterPin('omar', async (site, on) => aliasFiles(await site.load(on), (steps) => steps.slice(0, -1))),
  ),
  attack(
    'A3.reordered',
    'the end of a pin, before which earlier steps change places',
    'UNEXPLAINED_CHANGE',
    async (bench) => {
      const site = await siteOf(bench);
      const on = await pinnedOn(site, 'succeeded');
      const time = site.timeOf(on) + 60;
      const world = await site.load(on);
      const put = aliasFiles(
        world,
        ([first, second, ...others]) => [second, first, ...others].flatMap((each) => each ?? []),
        unpinFiles(site, world, { ...OMAR, time }),
      );
      return site.target(await site.commit({ on, by: 'omar', time, put }));
    },
  ),
  attack('A3.again', 'a pin is signed a second time after it was ended', 'ENTRY_ALTERED', async (bench) => {
    const site = await siteOf(bench);
    const first = await pinnedOn(site, 'succeeded');
    const time = site.timeOf(first) + 60;
    const free = await site.commit({
      on: first,
      by: 'omar',
      time,
      put: unpinFiles(site, await site.load(first), { ...OMAR, time }),
    });
    const again = aliasFiles(await site.load(free), (steps) => [
      ...steps,
      ...steps.filter(({ cause }) => cause === 'pin'),
    ]);
    return site.target(await site.commit({ on: free, by: 'omar', time: time + 60, put: again }));
  }),
  honest(
    'A4.control',
    'what is promoted while an alias is pinned leaves it where it is',
    promotedMeanwhile(false),
  ),
  attack(
    'A4.moves',
    'what is promoted while an alias is pinned moves it',
    'UNEXPLAINED_CHANGE',
    promotedMeanwhile(true),
  ),
  attack(
    'A4.deprecated',
    'what an alias is pinned at is deprecated',
    'ALIAS_PINNED',
    afterPin('omar', ending),
  ),
  honest(
    'A5.control',
    'a pin is ended',
    afterPin('gus', async (site, on, time) =>
      unpinFiles(site, await site.load(on), { who: 'gus', role: 'release-owner', time }),
    ),
  ),
  attack(
    'A5.machine',
    'the pipeline ends a pin',
    'HUMAN_REQUIRED',
    afterPin('trainer', async (site, on, time) =>
      unpinFiles(site, await site.load(on), { who: 'trainer', role: 'pipeline', time }),
    ),
  ),
  attack('A5.not-pinned', 'a pin is ended that is not there', 'NOT_PINNED', async (bench) => {
    const site = await siteOf(bench);
    const time = site.after('succeeded');
    const put = unpinFiles(site, await site.load(site.at('succeeded')), { ...OMAR, time });
    return site.target(await site.commit({ on: 'succeeded', by: 'omar', time, put }));
  }),
  attack(
    'A6.two',
    'two people pin on branches of their own, which are merged',
    'MERGE_CONFLICT',
    meeting((site, time) =>
      pinnedOn(site, 'succeeded', { who: 'gus', role: 'release-owner', version: '1.1.0', time }),
    ),
  ),
  attack(
    'A6.deprecated',
    'what is pinned on one side is deprecated on the other',
    'MERGE_CONFLICT',
    meeting(
      async (site, time) =>
        await site.commit({
          on: 'succeeded',
          by: 'omar',
          time,
          put: await ending(site, site.at('succeeded'), time),
        }),
    ),
  ),
  attack(
    'A6.suspended',
    'who pins on one side is suspended on the other',
    'ENDED_BEFORE_MERGE',
    meeting((site, time) =>
      brake(site, 'succeeded', { time, brake: { act: 'suspend-signer', signer: 'omar' } }),
    ),
  ),
  honest(
    'A6.frozen',
    'a pin on one side, a freeze on the other: held',
    meeting(
      (site, time) =>
        brake(site, 'succeeded', { time, brake: { act: 'freeze', line: ITERATION.line, alias: 'serving' } }),
      held(['serving 1.0.0']),
    ),
  ),
  honest('A7.stolen', 'a pin by a stolen key stands, and the alias is held', async (bench) => {
    const site = await siteOf(bench);
    return site.target(await stolenPin(site), { check: held(['serving 1.0.0']) });
  }),
  honest('A7.clean', 'somebody else pins after that, and it is held no more', async (bench) => {
    const site = await siteOf(bench);
    return site.target(await pinnedOn(site, await stolenPin(site)), { check: held([]) });
  }),
  attack(
    'A2.barred',
    'at what has a capability that is switched off',
    'CAPABILITY_DISABLED',
    async (bench) => {
      const site = await siteOf(bench);
      const off = { act: 'disable', capability: 'triage', lines: ['*'] } as const;
      return site.target(await pinnedOn(site, await brake(site, 'succeeded', { brake: off })));
    },
  ),
  attack('A3.other-file', 'a pin among the aliases of another line', 'UNEXPLAINED_CHANGE', async (bench) => {
    const site = await siteOf(bench);
    const world = await site.load(site.at('succeeded'));
    const time = site.after('succeeded');
    const [text = ''] = Object.values(pinFiles(site, world, { ...OMAR, time }));
    const put = { [aliasesFile(LineName.parse('letters'))]: text };
    return site.target(await site.commit({ on: 'succeeded', by: 'omar', time, put }));
  }),
];
