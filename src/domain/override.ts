import * as z from 'zod';
import { parsed, type Parsed } from '../base/problem.ts';
import {
  isForeignArray,
  isForeignNumber,
  isForeignObject,
  parseForeignJson,
  type ForeignJson,
} from '../base/foreign-json.ts';
import { problemsOf } from './document.ts';
import { toIdSet } from './entry.ts';
import { LinePattern } from './line-pattern.ts';
import { EntryId, Fingerprint, LineName, PrincipalName, RepositoryId, SafeName, Time } from './names.ts';
import { AliasName } from './states.ts';
import { Text } from './text.ts';

/**
 * `overrides/<id>.json`: the brake. One signature of one person puts it in force, so it may be written by hand with a
 * text editor: this is the one governed JSON file whose spelling is free. Its id is random, not a digest.
 */
const header = {
  schema: z.literal('modelsmith/override/v1'),
  /** 64 random hexadecimal digits, and the name of the file. */
  id: EntryId,
  repository: RepositoryId,
  principal: PrincipalName,
  role: z.literal('override'),
  /** Primary fingerprint of the key that signs. */
  key: Fingerprint,
  /** For people to read. What counts is when the commit was signed. */
  time: Time,
  reason: Text,
};

const lines = z.array(LinePattern).min(1).max(1000).readonly();

export const Override = z.discriminatedUnion('act', [
  /** No new locks and requests. */
  z.strictObject({ ...header, act: z.literal('stop-candidates'), lines }).readonly(),
  /** The alias is not moved in the world; signed transitions are accepted and shown as held. */
  z.strictObject({ ...header, act: z.literal('freeze'), line: LineName, alias: AliasName }).readonly(),
  /** No request names the capability, no person's transition moves an iteration that has it. */
  z.strictObject({ ...header, act: z.literal('disable'), capability: SafeName, lines }).readonly(),
  /** No act of the person is valid, and no approval of his counts at a transition, until this is lifted. */
  z.strictObject({ ...header, act: z.literal('suspend-signer'), signer: PrincipalName }).readonly(),
  z
    .strictObject({
      ...header,
      act: z.literal('revoke-signer'),
      keys: z.array(Fingerprint).min(1).max(100).readonly(),
      /** `retired`: no act from now on. `compromised`: that, and every earlier act is tainted; never lifted. */
      as: z.enum(['retired', 'compromised']),
      /** Entries of a compromised key that somebody has looked at and vouches for. */
      keeps: z.array(EntryId).max(10_000).transform(toIdSet).default([]),
    })
    .readonly(),
]);
export type Override = z.infer<typeof Override>;

const MAX_OVERRIDE_BYTES = 1024 * 1024;

/** Reads an override in any spelling of JSON in which each key stands once. */
export function parseOverride(bytes: Uint8Array, file: string): Parsed<Override> {
  const json = parseForeignJson(bytes, file, { maxBytes: MAX_OVERRIDE_BYTES, maxDepth: 8 });
  if (!json.ok) return json;
  const result = Override.safeParse(plain(json.value));
  return result.success ? parsed(result.data) : { ok: false, problems: problemsOf(result.error, file) };
}

function plain(json: ForeignJson): unknown {
  if (isForeignObject(json)) return Object.fromEntries([...json].map(([key, value]) => [key, plain(value)]));
  if (isForeignArray(json)) return json.map(plain);
  return isForeignNumber(json) ? Number(json.number) : json;
}
