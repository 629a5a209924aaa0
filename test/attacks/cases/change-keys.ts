import { approval, approvalFiles, bundleIn, signOff, step, stepFiles } from '../acts.ts';
import { attack, honest, type AttackCase, type Bench } from '../case.ts';
import {
  afterCommit,
  brake,
  change,
  newcomer,
  PEOPLE,
  propose,
  retired,
  rolesOf,
  signers,
  type Edit,
  type Who,
} from '../changes.ts';
import { foundedBy } from '../founding.ts';
import { EMIL_EXPIRES, type KeyName, type Person } from '../people.ts';
import { bindingOf, longerLife, refreshFiles, withoutLastSubkey, withSubkey } from '../refreshed.ts';
import { forgedSignature } from '../../real/support/keys.ts';
import type { Files, Site } from '../site.ts';

const HOUR = 3600;
const hours = (site: Site, after: number): number => site.world.start + after * HOUR;

/** The longer life of emil's key, as he made it before it ended. */
async function longer(site: Site): Promise<string> {
  return await longerLife(site.world.people.key('emil').privateArmored, 'emil', 300 * HOUR, hours(site, 60));
}

interface Refreshing {
  readonly by?: KeyName;
  readonly at?: number;
  /** Hours after the founding when emil then signs off; he does not where it is not given. */
  readonly signs?: number;
  readonly put?: (site: Site, armored: string, fingerprint: string) => Files | Promise<Files>;
}

const refreshed =
  ({ by = 'omar', at = 90, signs, put }: Refreshing) =>
  async (bench: Bench) => {
    const site = await bench.site();
    const { fingerprint, privateArmored } = site.world.people.key('emil');
    const armored = await longer(site);
    const files = (await put?.(site, armored, fingerprint)) ?? refreshFiles(fingerprint, armored);
    const on = await site.commit({ on: 'exported', by, time: hours(site, at), put: files });
    if (signs === undefined) return site.target(on);
    const time = hours(site, signs);
    const sign = (payload: Uint8Array): Promise<string> => forgedSignature(privateArmored, payload, time);
    const signed = await signOff(site, { who: 'emil', time });
    return site.target(await site.commit({ on, by: 'emil', time, sign, put: signed }));
  };

/** A proposal with something wrong about a key in it. */
const proposed = (edit: (site: Site) => Edit | Promise<Edit>) => async (bench: Bench) => {
  const site = await bench.site();
  return site.target((await propose(site, site.at('exported'), { edit: await edit(site) })).commit);
};

const certificate =
  (fingerprint: string, armored: string): Edit =>
  (policy) => ({ ...policy, [`keys/${fingerprint}.asc`]: armored });

const OMAR_LEAVES = (site: Site): Promise<string> =>
  change(site, site.at('deployed'), retired(site, 'omar'), PEOPLE);

/** One person's approval at a gate, with the transition where it completes what was there. */
async function approve(site: Site, on: string, who: Person, last: boolean): Promise<string> {
  const time = afterCommit(site, on);
  const world = await site.load(on);
  const gate = last ? 'governance-approval' : 'domain-validation';
  const entry = approval(site, world, { who, gate, time });
  const others = bundleIn(world).approvals.filter((other) => other.gate === 'domain-validation');
  const reliedOn = [entry.id, ...others.map(({ id }) => id)];
  const taken = last
    ? step(site, world, { who, role: 'governance-approver', time, to: 'production-validated', reliedOn })
    : null;
  const put = { ...approvalFiles(entry), ...(taken === null ? {} : stepFiles(world, taken, [entry])) };
  return await site.commit({ on, by: who, time, put });
}

const MIA: Who = { who: 'mia', role: 'policy-approver' };
const DORA: Who = { who: 'dora', role: 'domain-expert' };
/** Whom the thief enrols: it is the outsider's key. */
const TOM: Who = { who: 'tom', role: 'policy-approver', key: 'mallory' };

/** A thief with mia's key enrols tom, and a colleague is deceived. */
const enrolsTom = (site: Site): Promise<string> =>
  change(site, site.at('exported'), newcomer(site, 'tom', 'mallory', ['operator', 'policy-approver']), [
    DORA,
    MIA,
  ]);

const reported = (site: Site, on: string): Promise<string> =>
  brake(site, on, 'otto', {
    act: 'revoke-signer',
    keys: [site.world.people.key('mia').fingerprint],
    as: 'compromised',
  });

/** Takes tom's roles away, and gives omar what is needed to live on. */
const cleaned: Edit = (policy) =>
  rolesOf('tom', [])(rolesOf('omar', ['operator', 'policy-approver', 'ml-manager'])(policy));

async function tomSignsOff(site: Site, on: string): Promise<string> {
  const time = afterCommit(site, on);
  const put = await signOff(site, { who: 'tom' as Person, key: 'mallory', time });
  return await site.commit({ on, by: 'mallory', time, put });
}

export const CHANGE_KEY_CASES: readonly AttackCase[] = [
  honest(
    'K4.before-change',
    'a key retired by a change: what it approved before carries on',
    async (bench) => {
      const site = await bench.site();
      const one = await approve(site, await OMAR_LEAVES(site), 'dora', false);
      return site.target(await approve(site, one, 'gus', true));
    },
  ),
  attack('K4.after-change', 'a key retired by a change signs afterwards', 'KEY_ENDED', async (bench) => {
    const site = await bench.site();
    const on = await OMAR_LEAVES(site);
    const time = afterCommit(site, on);
    const world = await site.load(on);
    const no = { who: 'omar', gate: 'operator-signoff', act: 'reject', time } as const;
    return site.target(
      await site.commit({ on, by: 'omar', time, put: approvalFiles(approval(site, world, no)) }),
    );
  }),
  honest(
    'K5.refreshed',
    'a key’s longer life is brought by somebody else, and it signs beyond its old end',
    refreshed({ signs: EMIL_EXPIRES + 5 }),
  ),
  honest(
    'K5.refreshed-late',
    'the same, brought after it had ended',
    refreshed({ at: EMIL_EXPIRES + 3, signs: EMIL_EXPIRES + 5 }),
  ),
  honest('K5.refreshed-by-machine', 'the same, brought by the pipeline', refreshed({ by: 'trainer' })),
  attack(
    'K5.refreshed-meanwhile',
    'a key that had ended signs before its longer life is there',
    'SIGNATURE_REFUSED',
    async (bench) => {
      const site = await bench.site();
      const time = hours(site, EMIL_EXPIRES + 3);
      const { privateArmored, fingerprint } = site.world.people.key('emil');
      const sign = (payload: Uint8Array): Promise<string> => forgedSignature(privateArmored, payload, time);
      const put = await signOff(site, { who: 'emil', time });
      const on = await site.commit({ on: 'exported', by: 'emil', time, sign, put });
      return site.target(
        await site.commit({
          on,
          by: 'omar',
          time: time + HOUR,
          put: refreshFiles(fingerprint, await longer(site)),
        }),
      );
    },
  ),
  attack('K5.own-refresh', 'a key refreshes itself', 'REFRESH_OWN_KEY', refreshed({ by: 'emil' })),
  attack('K5.outsider', 'an outsider brings a refresh', 'SIGNATURE_REFUSED', refreshed({ by: 'mallory' })),
  attack(
    'K5.other-key',
    'a refresh that holds another key',
    'REFRESH_UNSOUND',
    refreshed({
      put: (site, _armored, fingerprint) =>
        refreshFiles(fingerprint, site.world.people.key('mallory').publicArmored),
    }),
  ),
  attack(
    'K5.not-enrolled',
    'a refresh of a key that nobody holds',
    'SIGNER_NOT_ENROLLED',
    refreshed({
      put: (site) => {
        const { fingerprint, publicArmored } = site.world.people.key('mallory');
        return refreshFiles(fingerprint, publicArmored);
      },
    }),
  ),
  attack(
    'K5.false-name',
    'a refresh under another digest',
    'ENTRY_UNRELATED',
    refreshed({
      put: (_site, armored, fingerprint) => ({ [`refreshes/${fingerprint}/${'a'.repeat(64)}.asc`]: armored }),
    }),
  ),
  attack(
    'K5.secret',
    'a refresh with the secret key',
    'REFRESH_UNSOUND',
    refreshed({
      put: (site, _armored, fingerprint) =>
        refreshFiles(fingerprint, site.world.people.key('emil').privateArmored),
    }),
  ),
  attack('K5.removed', 'a refresh is taken away again', 'ENTRY_REMOVED', async (bench) => {
    const site = await bench.site();
    const put = refreshFiles(site.world.people.key('emil').fingerprint, await longer(site));
    const on = await site.commit({ on: 'exported', by: 'omar', put });
    return site.target(await site.commit({ on, by: 'omar', remove: Object.keys(put) }));
  }),
  attack(
    'K5b.refresh-subkey',
    'a refresh that brings a new subkey',
    'REFRESH_UNSOUND',
    refreshed({
      put: async (site, _armored, fingerprint) => {
        const grown = await withSubkey(site.world.people.key('emil').privateArmored, hours(site, 60));
        return refreshFiles(fingerprint, grown.toPublic().armor());
      },
    }),
  ),
  attack(
    'K5b.shared-subkey',
    'a law in which one subkey is bound under the keys of two people',
    'DOCUMENT_UNSOUND',
    async (bench) => {
      const site = await bench.site();
      const [omar, dora] = [site.world.people.key('omar'), site.world.people.key('dora')];
      const grown = await withSubkey(omar.privateArmored, site.world.start);
      const shared = await bindingOf(grown, dora.privateArmored, site.world.start);
      const target = await foundedBy(site, (files) => ({
        ...files,
        [`policy/keys/${omar.fingerprint}.asc`]: grown.toPublic().armor(),
        [`policy/keys/${dora.fingerprint}.asc`]: shared,
      }));
      return {
        ...target,
        check: (output) => (output.includes(' too') ? null : 'refused for another reason'),
      };
    },
  ),
  honest('K5b.control', 'the same with a subkey of one of them alone', async (bench) => {
    const site = await bench.site();
    const omar = site.world.people.key('omar');
    const grown = await withSubkey(omar.privateArmored, site.world.start);
    return await foundedBy(site, (files) => ({
      ...files,
      [`policy/keys/${omar.fingerprint}.asc`]: grown.toPublic().armor(),
    }));
  }),
  attack(
    'K5b.proposed-subkey',
    'a proposal that binds a colleague’s signing subkey under the own key',
    'DOCUMENT_UNSOUND',
    async (bench) => {
      const site = await bench.site();
      const [omar, dora] = [site.world.people.key('omar'), site.world.people.key('dora')];
      const grown = await withSubkey(omar.privateArmored, hours(site, 10));
      const on = await change(
        site,
        site.at('exported'),
        certificate(omar.fingerprint, grown.toPublic().armor()),
        PEOPLE,
      );
      const shared = await bindingOf(grown, dora.privateArmored, hours(site, 20));
      return site.target((await propose(site, on, { edit: certificate(dora.fingerprint, shared) })).commit);
    },
  ),
  attack(
    'K6.proposed-short-id',
    'a proposal that names a key by 16 digits',
    'DOCUMENT_UNSOUND',
    proposed((site) =>
      signers((principals) => {
        const { fingerprint } = site.world.people.key('omar');
        for (const { keys } of principals)
          for (const key of keys)
            if (key['fingerprint'] === fingerprint) key['fingerprint'] = fingerprint.slice(-16);
      }),
    ),
  ),
  attack(
    'K6.proposed-file-name',
    'a proposal with a certificate under another key’s name',
    'DOCUMENT_UNSOUND',
    proposed((site) =>
      certificate(site.world.people.key('omar').fingerprint, site.world.people.key('mallory').publicArmored),
    ),
  ),
  attack(
    'K6.proposed-secret',
    'a proposal with a secret key',
    'DOCUMENT_UNSOUND',
    proposed((site) =>
      certificate(site.world.people.key('omar').fingerprint, site.world.people.key('omar').privateArmored),
    ),
  ),
  attack(
    'K6.says-less',
    'a proposal with a certificate that leaves out what is in force',
    'DOCUMENT_UNSOUND',
    proposed(async (site) => {
      const { fingerprint, publicArmored } = site.world.people.key('sue');
      return certificate(fingerprint, await withoutLastSubkey(publicArmored));
    }),
  ),
  honest(
    'R4d.cleaned',
    'a thief enrols somebody; people from before clean up and throw him out',
    async (bench) => {
      const site = await bench.site();
      const on = await reported(site, await enrolsTom(site));
      return site.target(await change(site, on, cleaned, PEOPLE));
    },
  ),
  attack(
    'R4d.approves',
    'somebody whom a thief enrolled approves the policy that is to clean up',
    'CHANGE_PENDING',
    async (bench) => {
      const site = await bench.site();
      const on = await reported(site, await enrolsTom(site));
      return site.target(await change(site, on, rolesOf('mia', []), [DORA, TOM]));
    },
  ),
  attack(
    'R4d.laundered',
    'the same with an unrelated honest version between the theft and its report',
    'CHANGE_PENDING',
    async (bench) => {
      const site = await bench.site();
      const unrelated = await change(
        site,
        await enrolsTom(site),
        rolesOf('gus', ['governance-approver', 'domain-expert', 'auditor']),
        PEOPLE,
      );
      return site.target(
        await change(site, await reported(site, unrelated), rolesOf('mia', []), [DORA, TOM]),
      );
    },
  ),
  attack(
    'R4d.before-cleaning',
    'what he signed before he was thrown out carries an iteration on',
    'TAINTED',
    async (bench) => {
      const site = await bench.site();
      const signed = await tomSignsOff(site, await enrolsTom(site));
      const clean = await change(site, await reported(site, signed), cleaned, PEOPLE);
      return site.target(await approve(site, await approve(site, clean, 'dora', false), 'gus', true));
    },
  ),
  attack(
    'R4d.in-force',
    'a change that a stolen key approved carries an iteration on',
    'POLICY_TAINTED',
    async (bench) => {
      const site = await bench.site();
      const on = await reported(site, await enrolsTom(site));
      const time = afterCommit(site, on);
      return site.target(await site.commit({ on, by: 'omar', time, put: await signOff(site, { time }) }));
    },
  ),
];
