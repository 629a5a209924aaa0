import * as z from 'zod';
import { CannotTell } from '../../base/errors.ts';
import { Fingerprint, PrincipalName, type EntryId } from '../../domain/names.ts';
import { Text } from '../../domain/text.ts';
import { entryIdsIn } from '../../machine/entries-in.ts';
import { principalNamed } from '../../machine/law.ts';
import type { Command } from '../shared/command.ts';
import { entryNamed, impose, REASON_OPTION, REF_OPTION } from './impose.ts';
import { openTipDesk, type TipDesk } from '../shared/opening/tip-desk.ts';
import { findWho } from '../shared/opening/who.ts';
import { aboutPerson } from './about-person.ts';
import { NEVER_REFUSED } from './never-refused.ts';

const Input = z
  .object({
    signer: z.string().min(1),
    key: z.array(Fingerprint).default([]),
    as: z.enum(['retired', 'compromised'], { error: 'must be retired or compromised' }),
    keeps: z
      .array(z.string().regex(/^[0-9a-f]{8,64}$/, 'must be an entry id, or at least its first 8 digits'))
      .default([]),
    by: z.string().optional(),
    reason: Text,
    ref: z.boolean().default(false),
  })
  .refine(({ as, keeps }) => as === 'compromised' || keeps.length === 0, {
    path: ['keeps'],
    message: 'belongs to --as compromised; what a retired key signed stays good',
  });
type Input = z.infer<typeof Input>;

/** Keys are out of use from now on; where they were stolen, so is what they signed. */
export const revokeSigner: Command<Input> = {
  name: 'override revoke-signer',
  group: 'emergency',
  summary: 'put keys out of use; what a stolen one signed is tainted',
  description: `retired: no act of the key is valid from now on. compromised: that, and everything it ever signed is tainted, whatever date it bears, except what --keeps names. ${NEVER_REFUSED} That a key was compromised is never lifted.`,
  arguments: [
    { name: '<signer>', description: 'a principal, for all its keys, or the full fingerprint of one key' },
  ],
  options: [
    { flags: '--as <how>', description: 'retired or compromised', values: ['retired', 'compromised'] },
    {
      flags: '--key <fingerprint>',
      description: 'only this key of the principal; may be given again',
      repeat: true,
    },
    {
      flags: '--keeps <entry>',
      description: 'an entry of a compromised key that you have looked at and vouch for; may be given again',
      repeat: true,
    },
    { flags: '--by <principal>', description: 'sign as this principal, where several keys are at hand' },
    REASON_OPTION,
    REF_OPTION,
  ],
  examples: [
    'modelsmith override revoke-signer omar --as compromised --reason "token stolen on the train"',
    'modelsmith override revoke-signer trainer --as retired --reason "new pipeline key since today"',
  ],
  writes: true,
  reads: true,
  input: Input,
  run: async (context, input, common) => {
    const desk = await openTipDesk(context, common);
    const who = await findWho(context, desk.world.law, { ...common, as: input.by ?? null });
    const keys = keysOf(desk, input);
    const keeps = input.keeps.map((start) => keptEntry(desk, start));
    const { as, reason, ref } = input;
    const named = PrincipalName.safeParse(input.signer);
    const about = named.success && input.key.length === 0 ? aboutPerson(desk.world.law, named.data) : [];
    // In the order in which ids are printed; the codec sorts them anyway.
    const brake = { act: 'revoke-signer', keys, as, keeps: [...new Set(keeps)].sort(), reason } as const;
    return await impose(desk, { ...common, as: input.by ?? null }, { who, ref, about, brake });
  },
};

function keysOf({ laws }: TipDesk, { signer, key }: Input): readonly Fingerprint[] {
  const single = Fingerprint.safeParse(signer.toUpperCase());
  if (single.success) return [...new Set([single.data, ...key])];
  if (key.length > 0) return key;
  const found = laws.flatMap(
    (law) => principalNamed(law, signer)?.keys.map(({ fingerprint }) => fingerprint) ?? [],
  );
  if (found.length > 0) return [...new Set(found)];
  throw new CannotTell('USAGE', `nobody is enrolled as ${signer}`, {
    remedy: 'name a principal of policy/signers.yaml, or the full fingerprint of a key',
  });
}

function keptEntry({ tip }: TipDesk, start: string): EntryId {
  const known = new Set(tip.force.laws.flatMap((tree) => [...entryIdsIn(tree)]));
  const entry = entryNamed(start, known);
  if (entry !== null) return entry;
  throw new CannotTell('USAGE', `${start} names no entry here, or several`, {
    remedy: 'modelsmith log   (shows every entry), or leave --keeps away and re-affirm later',
  });
}
