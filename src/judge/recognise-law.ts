import {
  appliedChangeDocument,
  changeApprovalDocument,
  changeDocument,
  type AppliedChange,
} from '../domain/change.ts';
import { parseOverride } from '../domain/override.ts';
import { changeFolder, PROPOSED, type Location } from '../domain/paths.ts';
import { reason, type Reason } from '../domain/reason.ts';
import { filesUnder, type TreeFile, type TreeFolder } from '../domain/tree.ts';
import type { Act, Refresh } from '../machine/act.ts';
import { read } from './read-entry.ts';

/** A new file that concerns the law itself. */
export interface NewLawFile {
  readonly path: string;
  readonly location: Extract<
    Location,
    { kind: 'override' | 'refresh' | 'change' | 'change-approval' | 'applied' }
  >;
  readonly file: TreeFile;
}

/** What only a look into the packets of a certificate can tell, by the path of the new file. */
export type RefreshFacts = ReadonlyMap<string, Pick<Refresh, 'fault' | 'expired'>>;

/** Overrides, refreshed certificates, and proposals with what becomes of them, in the order they are done again. */
export function lawActs(
  child: TreeFolder,
  files: readonly NewLawFile[],
  refreshes: RefreshFacts,
  faults: Reason[],
): readonly Act[] {
  const acts: Act[] = [];
  const applied: AppliedChange[] = [];
  for (const { path, location, file } of files) {
    switch (location.kind) {
      case 'override': {
        const override = parseOverride(file.bytes, path);
        if (!override.ok)
          faults.push(
            ...override.problems.map(({ place, message }) =>
              reason('DOCUMENT_UNSOUND', { path, message, place }),
            ),
          );
        else if (override.value.id === location.id)
          acts.push({ kind: 'override', override: override.value, bytes: file.bytes });
        else faults.push(reason('ENTRY_UNRELATED', { what: path, expected: override.value.id }));
        break;
      }
      case 'refresh': {
        const { fault, expired } = refreshes.get(path) ?? { fault: 'was not looked at', expired: new Set() };
        if (file.sha256 === location.sha256)
          acts.push({ kind: 'refresh', key: location.key, bytes: file.bytes, fault, expired });
        else faults.push(reason('ENTRY_UNRELATED', { what: path, expected: file.sha256 }));
        break;
      }
      case 'change': {
        const change = read(changeDocument, path, file, faults);
        if (change === null) break;
        const proposed = filesUnder(child, `${changeFolder(location.change)}/${PROPOSED}`);
        if (change.id === location.change)
          acts.push({
            kind: 'propose',
            change,
            files: proposed.map(([name, { bytes }]) => ({ path: name, bytes })),
          });
        else faults.push(reason('ENTRY_UNRELATED', { what: path, expected: change.id }));
        break;
      }
      case 'change-approval': {
        const approval = read(changeApprovalDocument, path, file, faults);
        if (approval === null) break;
        if (approval.id === location.id && approval.change === location.change)
          acts.push({ kind: 'decide-change', approval });
        else
          faults.push(
            reason('ENTRY_UNRELATED', { what: path, expected: `${approval.change}/${approval.id}` }),
          );
        break;
      }
      case 'applied': {
        const step = read(appliedChangeDocument, path, file, faults);
        if (step === null) break;
        if (step.change === location.change) applied.push(step);
        else faults.push(reason('ENTRY_UNRELATED', { what: path, expected: step.change }));
        break;
      }
    }
  }
  return [...acts, ...applied.map((step): Act => ({ kind: 'apply-change', applied: step }))];
}
