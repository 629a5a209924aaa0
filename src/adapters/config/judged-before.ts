import { join } from 'node:path';
import * as z from 'zod';
import { printJson } from '../../base/canonical-json.ts';
import { sha256 } from '../../base/digest.ts';
import { CannotTell } from '../../base/errors.ts';
import { Fingerprint } from '../../domain/names.ts';
import type { Anchor, AnchorMemory } from '../../ports/anchors.ts';
import type { PinnedRoot } from '../../ports/trust.ts';
import { isOwnFolder, readOwn, writeOwn } from './own-files.ts';

const SCHEMA = 'modelsmith/judged-before/v2';
const MAX_BYTES = 256 * 1024;
const FullId = z.string().regex(/^(?:[0-9a-f]{40}|[0-9a-f]{64})$/);
const Count = z.int().nonnegative();

const JudgedBefore = z.strictObject({
  schema: z.literal(SCHEMA),
  /** What judged it. Another one may judge otherwise. */
  build: z.string(),
  root: z.strictObject({ commit: FullId, signer: Fingerprint }),
  anchors: z.array(
    z.strictObject({
      commit: FullId,
      clock: Count,
      counts: z.strictObject({ commits: Count, governed: Count, signatures: Count }),
      merged: z.array(FullId),
      promotions: z.strictObject({ paths: Count, bytes: Count }).nullable(),
    }),
  ),
});

/**
 * One file a trust root in the folder `judged-before/`. What others could have written, what another build wrote and what
 * is damaged counts as if nothing were there: everything is judged again, and the file is replaced.
 */
export function judgedBefore(state: string, build: () => string): AnchorMemory {
  const folder = join(state, 'judged-before');
  const fileOf = (root: PinnedRoot): string =>
    join(folder, `${sha256(`${root.commit} ${root.signer}`)}.json`);
  return {
    anchorsOf: async (root) => {
      try {
        for (const level of [state, folder]) if (!(await isOwnFolder(level))) return [];
        const text = await readOwn(fileOf(root), MAX_BYTES);
        return text === null ? [] : parsed(text, root, build());
      } catch (error) {
        if (error instanceof CannotTell) return [];
        throw error;
      }
    },
    keep: async ({ commit, signer }, anchors) => {
      const value = { schema: SCHEMA, build: build(), root: { commit, signer }, anchors };
      try {
        await writeOwn(fileOf({ commit, signer }), printJson(value));
      } catch (error) {
        if (!(error instanceof CannotTell)) throw error;
      }
    },
  };
}

function parsed(text: string, root: PinnedRoot, build: string): readonly Anchor[] {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return [];
  }
  const found = JudgedBefore.safeParse(value);
  if (!found.success || found.data.build !== build) return [];
  const { commit, signer } = found.data.root;
  return commit === root.commit && signer === root.signer ? found.data.anchors : [];
}
