import { brake, filesBetween } from '../brakes.ts';
import { attack, honest, type AttackCase, type Bench, type Target } from '../case.ts';
import { GUS, OMAR, pinnedOn, secondWord, type SignedPin } from '../pins.ts';
import type { Site } from '../site.ts';

/**
 * In a history in which three served, the first word for going back past what served before, which moves nothing, and what is
 * made of it.
 */
const twoWords =
  (then: (site: Site, first: string) => Promise<string>, by: SignedPin = GUS) =>
  async (bench: Bench): Promise<Target> => {
    const site = await bench.site('succession-of-three');
    const first = await pinnedOn(site, 'third', { ...by, step: { moves: [] } });
    return site.target(await then(site, first));
  };

/** Something that comes between the two words. */
const between =
  (brakes: (site: Site) => Parameters<typeof brake>[2]['brake']) =>
  async (site: Site, first: string): Promise<string> =>
    await secondWord(site, first, OMAR, await brake(site, first, { brake: brakes(site) }));

export const TWO_WORD_CASES: readonly AttackCase[] = [
  honest('A8.control', 'two people go back past what served before', twoWords(secondWord)),
  attack('A8.one', 'one person does', 'UNEXPLAINED_CHANGE', async (bench) => {
    const site = await bench.site('succession-of-three');
    return site.target(await pinnedOn(site, 'third'));
  }),
  attack(
    'A8.twice',
    'one person gives both words in one role',
    'RELIED_ON_FALSE',
    twoWords((site, first) => secondWord(site, first, GUS)),
  ),
  attack(
    'A8.both-roles',
    'one person gives both words in both roles',
    'RELIED_ON_FALSE',
    twoWords((site, first) => secondWord(site, first, { ...GUS, who: 'omar' }), OMAR),
  ),
  attack(
    'A8.machine',
    'a machine gives the second',
    'HUMAN_REQUIRED',
    twoWords((site, first) => secondWord(site, first, { ...OMAR, who: 'trainer' })),
  ),
  attack(
    'A8.other-signer',
    'the second is signed by who gave the first',
    'ENTRY_NOT_SIGNERS',
    twoWords((site, first) => secondWord(site, first, { ...OMAR, by: 'gus' })),
  ),
  attack(
    'A8.alone',
    'the second does not rely on the first',
    'RELIED_ON_FALSE',
    twoWords((site, first) => pinnedOn(site, first)),
  ),
  attack(
    'A8.elsewhere',
    'the second is for another iteration',
    'UNEXPLAINED_CHANGE',
    twoWords((site, first) =>
      secondWord(site, first, {
        ...OMAR,
        step: { moves: [{ alias: 'serving', from: '1.2.0', to: '1.1.0' }] },
      }),
    ),
  ),
  attack(
    'A8.stolen',
    'the first was given with a stolen key',
    'RELIED_ON_FALSE',
    twoWords(
      between((site) => ({
        ...{ act: 'revoke-signer', as: 'compromised', keeps: [] },
        keys: [site.world.people.key('gus').fingerprint],
      })),
    ),
  ),
  attack(
    'A8.suspended',
    'who gave the first is suspended since',
    'RELIED_ON_FALSE',
    twoWords(between(() => ({ act: 'suspend-signer', signer: 'gus' }))),
  ),
  attack(
    'A8.barred',
    'what it is about is switched off since',
    'CAPABILITY_DISABLED',
    twoWords(between(() => ({ act: 'disable', capability: 'triage', lines: ['*'] }))),
  ),
  attack(
    'A8.since',
    'somebody put the alias elsewhere between the two',
    'RELIED_ON_FALSE',
    twoWords(async (site, first) =>
      secondWord(site, first, OMAR, await pinnedOn(site, first, { ...GUS, version: '1.1.0' })),
    ),
  ),
  attack(
    'A8.merged',
    'each word on a branch of its own, which are merged',
    'MERGE_CONFLICT',
    async (bench) => {
      const site = await bench.site('succession-of-three');
      const words = { step: { moves: [] } };
      const one = await pinnedOn(site, 'third', { ...GUS, ...words });
      const other = await pinnedOn(site, 'third', { ...OMAR, ...words });
      const time = site.timeOf(one) + 60;
      const put = filesBetween(site, 'third', other);
      return site.target(await site.commit({ on: [one, other], by: null, time, put }));
    },
  ),
];
