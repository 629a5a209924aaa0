import * as z from 'zod';
import { isStrictlySorted } from './entry.ts';
import { isSafePath, type SafeName } from './names.ts';
import { AliasName } from './states.ts';
import { Label } from './text.ts';

/**
 * A place where models of a line are put, as the policy names it: what everybody may read, and never a secret. What opens it
 * is known to the machine that reconciles, which reaches no place that its own file does not name as well.
 */

const HOST = '[a-z0-9](?:[a-z0-9.-]{0,250}[a-z0-9])?';
const PORT = '(?::[1-9]\\d{0,4})?';
const SEGMENT = '[A-Za-z0-9_](?:[A-Za-z0-9._-]{0,98}[A-Za-z0-9_-])?';

const matching = (pattern: RegExp, message: string) => z.string().max(400).regex(pattern, message);

/** Without user, password, query or a slash at its end: nothing in it could be a secret, and it has one spelling. */
const HttpAddress = matching(
  new RegExp(`^https?://${HOST}${PORT}(?:/${SEGMENT})*$`),
  'must be an address such as https://models.example.com:8000, in lower case up to its port, without user, query or slash at the end',
);

const Folder = z
  .string()
  .refine(
    (text) => text.startsWith('/') && isSafePath(text.slice(1)),
    'must be an absolute path of letters, digits, dot, - and _',
  );

/** What KServe fetches models from. */
const ModelUri = matching(
  new RegExp(`^(?:hf|s3|pvc)://${SEGMENT}(?:/${SEGMENT})*$`),
  'must begin with hf://, s3:// or pvc://, and have no slash at the end',
);

const KubernetesName = matching(
  /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/,
  'must be a name of Kubernetes: a–z, 0–9 and -, at most 63',
);

const REGISTRY =
  'must be a registry and a repository, such as registry.example.com/models/claims, or an absolute path';
const Repository = matching(new RegExp(`^${HOST}${PORT}(?:/[a-z0-9]+(?:[._-][a-z0-9]+)*)+$`), REGISTRY);

/** The highest rank of an adapter that fits; 16 is what vLLM starts with. */
const maxRank = z.int().min(1).max(4096).default(16);

/** The aliases that a place follows: what they point to is put there. */
const follows = z
  .array(AliasName)
  .min(1)
  .refine(isStrictlySorted, 'must be sorted, each once')
  .readonly()
  .default(['serving']);

export const Target = z.discriminatedUnion('kind', [
  /** A vLLM server that loads adapters while it runs. `adapters`: the folder in which that server finds them. */
  z
    .strictObject({ kind: z.literal('vllm'), address: HttpAddress, adapters: Folder, maxRank, follows })
    .readonly(),
  /** A folder that is rolled out to a cluster. `model`: the base; `adapters`: what adapters are fetched from. */
  z
    .strictObject({
      kind: z.literal('kserve'),
      folder: Folder,
      namespace: KubernetesName,
      model: ModelUri,
      adapters: ModelUri,
      maxRank,
      follows,
    })
    .readonly(),
  /** A service of the company's own that is told. */
  z.strictObject({ kind: z.literal('webhook'), address: HttpAddress, follows }).readonly(),
  /** A folder that the files of adapters are copied to. */
  z.strictObject({ kind: z.literal('directory'), folder: Folder, follows }).readonly(),
  /** A repository of a registry, or a folder in OCI image layout, in which the tag `<line>-<alias>` is moved. */
  z
    .strictObject({
      kind: z.literal('registry'),
      repository: z.union([Repository, Folder], REGISTRY),
      follows,
    })
    .readonly(),
  /** A place that no machine of ours reaches: an operator says what is live there. */
  z.strictObject({ kind: z.literal('external'), description: Label, follows }).readonly(),
]);
export type Target = z.infer<typeof Target>;
export type TargetKind = Target['kind'];

/** Two targets in one place would each take away what the other put there. */
export function placeText(target: Target): string | null {
  switch (target.kind) {
    case 'vllm':
    case 'webhook':
      return target.address;
    case 'kserve':
    case 'directory':
      return target.folder;
    case 'registry':
      return target.repository;
    case 'external':
      return null;
  }
}

/** A target with its name. */
export interface NamedTarget {
  readonly name: SafeName;
  readonly target: Target;
}
