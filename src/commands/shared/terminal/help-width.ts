/** Columns of help at most: longer lines are hard to read. */
export const MOST_COLUMNS = 110;
