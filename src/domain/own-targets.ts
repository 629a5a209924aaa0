import * as z from 'zod';
import { RepositoryId, SafeName } from './names.ts';
import { placeText, type Target } from './target.ts';

/** What can be put in a header as it is, and is no accident. */
const Secret = z
  .string()
  .min(16, 'must be at least 16 characters')
  .max(4096)
  .regex(/^[\x21-\x7e]+$/, 'must be printable characters without spaces');
const Place = z.string().min(1).max(400);

/** One place that the machine is let reach, as its policy has to have it, with what opens it. */
export const OwnTarget = z.discriminatedUnion(
  'kind',
  [
    z.strictObject({ kind: z.literal('vllm'), address: Place, apiKey: Secret.optional() }),
    z.strictObject({ kind: z.literal('kserve'), folder: Place }),
    z.strictObject({ kind: z.literal('webhook'), address: Place, secret: Secret }),
    z.strictObject({ kind: z.literal('directory'), folder: Place }),
    z.strictObject({
      kind: z.literal('registry'),
      repository: Place,
      /** Said by who runs the machine: what is sent may be read and changed on the way. */
      plainHttp: z.boolean().default(false),
    }),
  ],
  'must be of the kind vllm, kserve, webhook, directory or registry',
);
export type OwnTarget = z.infer<typeof OwnTarget>;

/** `targets.yaml` of the machine that reconciles: which places it reaches, and what opens them. */
export const OwnTargets = z.strictObject({
  schema: z.literal('modelsmith/targets/v1'),
  /** No other repository gets at these places through this machine. */
  repository: RepositoryId,
  targets: z.record(SafeName, OwnTarget),
});
export type OwnTargets = z.infer<typeof OwnTargets>;

/** Whether the machine is let reach a target as the policy describes it: a policy alone makes it talk to nobody. */
export function isConfirmed(target: Target, own: OwnTarget): boolean {
  const place = 'address' in own ? own.address : 'folder' in own ? own.folder : own.repository;
  return own.kind === target.kind && place === placeText(target);
}
