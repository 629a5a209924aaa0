import { toTime, type Fingerprint, type Time } from '../../domain/names.ts';
import type { Principal, SignerKey } from '../../domain/signers.ts';
import { holdsRole, isKeyEnded, principalNamed } from '../../machine/law.ts';
import { suspendedBy } from '../../machine/overrides.ts';
import type { World } from '../../machine/world.ts';
import { counted } from '../shared/views/notices.ts';
import { grantWords } from '../shared/views/policy-words.ts';
import type { KeyEnd } from '../shared/opening/key-ends.ts';

export interface SignerView {
  readonly id: string;
  readonly name: string;
  readonly kind: Principal['kind'];
  readonly owner: string | null;
  /** `active`, `suspended`, or why nothing can be signed. */
  readonly status: string;
  readonly roles: readonly string[];
  readonly keys: readonly {
    readonly fingerprint: string;
    readonly status: string;
    /** Where it can sign no more within 60 days: from when on. */
    readonly ends: Time | null;
  }[];
}

/** Everybody in `signers.yaml`, with what overrides and time make of them. @param at seconds since 1970. */
export function signersView(
  { law }: World,
  ends: ReadonlyMap<Fingerprint, KeyEnd>,
  at: number,
): readonly SignerView[] {
  const suspended = suspendedBy(law.overrides);
  return law.enrolled.principals.map((enrolled) => {
    const inForce = principalNamed(law, enrolled.id) ?? enrolled;
    return {
      id: enrolled.id,
      name: enrolled.name,
      kind: enrolled.kind,
      owner: enrolled.kind === 'automation' ? enrolled.owner : null,
      status:
        suspended.has(enrolled.id) && inForce.roles.length === 0 ? 'suspended' : statusOf(inForce, ends, at),
      roles: enrolled.roles.map(grantWords),
      keys: inForce.keys.map((key) => ({
        fingerprint: key.fingerprint,
        status: keyStatus(enrolled.id, key, ends),
        ends: endTime(ends.get(key.fingerprint)),
      })),
    };
  });
}

function statusOf(principal: Principal, ends: ReadonlyMap<Fingerprint, KeyEnd>, at: number): string {
  if (!principal.roles.some(({ role }) => holdsRole(principal, role, null, at))) return 'holds no role now';
  const alive = principal.keys.some((key) => !isKeyEnded(key) && ends.get(key.fingerprint)?.kind !== 'ended');
  return alive ? 'active' : 'no key in use';
}

function keyStatus(id: string, key: SignerKey, ends: ReadonlyMap<Fingerprint, KeyEnd>): string {
  if (key.compromised !== undefined) return `compromised: ${key.compromised.reason}`;
  if (key.retired !== undefined) return `retired: ${key.retired.reason}`;
  const end = ends.get(key.fingerprint);
  if (end === undefined) return 'in use';
  if (end.kind === 'ended') return 'expired or revoked';
  return `ends on ${toTime(end.at).slice(0, 10)} (in ${counted(end.days, 'day')}); a colleague runs: modelsmith signer refresh ${id}`;
}

function endTime(end: KeyEnd | undefined): Time | null {
  return end?.kind === 'soon' ? toTime(end.at) : null;
}
