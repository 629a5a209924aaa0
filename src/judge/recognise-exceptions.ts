import {
  closedExceptionDocument,
  exceptionApprovalDocument,
  exceptionDocument,
  exceptionReviewDocument,
} from '../domain/exception.ts';
import { exceptionFolder, reviewText, type ExceptionLocation } from '../domain/paths.ts';
import { reason, type Reason } from '../domain/reason.ts';
import { fileAt, type TreeFile, type TreeFolder } from '../domain/tree.ts';
import type { Act } from '../machine/act.ts';
import { read } from './read-entry.ts';

/** A new file of an exception. */
export interface NewExceptionFile {
  readonly path: string;
  readonly location: ExceptionLocation;
  readonly file: TreeFile;
}

/** Exceptions that are opened, decided on, closed and reviewed, in this order. */
export function exceptionActs(
  child: TreeFolder,
  files: readonly NewExceptionFile[],
  faults: Reason[],
): readonly Act[] {
  const acts = files.flatMap(({ path, location, file }) => {
    const act = actOf(child, path, location, file, faults);
    return act === null ? [] : [act];
  });
  return acts.sort((a, b) => ORDER.indexOf(a.kind) - ORDER.indexOf(b.kind));
}

const ORDER: readonly Act['kind'][] = [
  'open-exception',
  'decide-exception',
  'close-exception',
  'review-exception',
];

function actOf(
  child: TreeFolder,
  path: string,
  location: ExceptionLocation,
  file: TreeFile,
  faults: Reason[],
): Act | null {
  const { line, exception: id } = location;
  const unrelated = (expected: string): null => {
    faults.push(reason('ENTRY_UNRELATED', { what: path, expected }));
    return null;
  };
  switch (location.kind) {
    case 'exception': {
      const exception = read(exceptionDocument, path, file, faults);
      if (exception === null) return null;
      return exception.id === id && exception.line === line
        ? { kind: 'open-exception', exception }
        : unrelated(`${exception.line}/${exception.id}`);
    }
    case 'exception-approval': {
      const approval = read(exceptionApprovalDocument, path, file, faults);
      if (approval === null) return null;
      return approval.id === location.id && approval.exception === id
        ? { kind: 'decide-exception', line, approval }
        : unrelated(`${approval.exception}/${approval.id}`);
    }
    case 'closed-exception': {
      const closed = read(closedExceptionDocument, path, file, faults);
      if (closed === null) return null;
      return closed.exception === id
        ? { kind: 'close-exception', line, closed }
        : unrelated(closed.exception);
    }
    case 'exception-review': {
      const review = read(exceptionReviewDocument, path, file, faults);
      if (review === null) return null;
      const text = fileAt(child, `${exceptionFolder(line, id)}/${reviewText(location.id)}`);
      return review.id === location.id && review.exception === id
        ? { kind: 'review-exception', line, review, text: text?.bytes ?? new Uint8Array() }
        : unrelated(`${review.exception}/${review.id}`);
    }
    case 'review-text':
      return null; // written along with the review, and compared after that is done again
  }
}
