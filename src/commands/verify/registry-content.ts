import { toIterationId } from '../../domain/names.ts';
import { reason } from '../../domain/reason.ts';
import type { TreeFolder } from '../../domain/tree.ts';
import { bundlesOf } from '../../machine/world.ts';
import type { Context } from '../shared/context.ts';
import { registryNamed } from '../shared/registry-choice.ts';
import type { ContentCheck } from './content.ts';

/**
 * Hashes every exported manifest and all it names again, as a registry gives it out. What is deprecated may be gone there.
 * @throws CannotTell where the registry is not reached.
 */
export async function checkRegistry(
  context: Context,
  tree: TreeFolder,
  named: string,
  plainHttp: boolean,
): Promise<Pick<ContentCheck, 'findings'> & { readonly read: number }> {
  const place = registryNamed(named, plainHttp);
  const registry = await context.registry(
    place.kind === 'layout' ? { ...place, folder: context.files.absolute(place.folder) } : place,
  );
  const exported = bundlesOf(tree).flatMap(({ iteration, record: { state, export: done } }) =>
    done === undefined || state === 'deprecated' ? [] : [{ iteration, done }],
  );
  const findings: ContentCheck['findings'][number][] = [];
  for (const { iteration, done } of exported) {
    context.terminal.progress(`reading ${toIterationId(iteration)} in the registry`);
    const verdict = await registry.verify(done.manifest.sha256);
    if (verdict.kind === 'unsound')
      findings.push(
        ...verdict.problems.map(({ place: { file }, message }) => ({
          reason: reason('CONTENT_DIFFERS', { path: file, message }),
          signer: done.principal,
        })),
      );
  }
  context.terminal.progress('');
  return { read: exported.length, findings };
}
