/**
 * Fills as many seats as possible, no chair twice. @param chairs of which any is good for a seat, in the order in which they are
 * tried. @returns the seat at each chair taken.
 */
export function seating<Seat>(
  seats: readonly Seat[],
  chairs: (seat: Seat) => readonly string[],
): ReadonlyMap<string, Seat> {
  const taken = new Map<string, Seat>();
  // Augmenting paths (Kuhn): seat by seat, moving earlier ones over where that frees one.
  const place = (seat: Seat, tried: Set<string>): boolean => {
    for (const chair of chairs(seat)) {
      if (tried.has(chair)) continue;
      tried.add(chair);
      const other = taken.get(chair);
      if (other === undefined || place(other, tried)) {
        taken.set(chair, seat);
        return true;
      }
    }
    return false;
  };
  for (const seat of seats) place(seat, new Set());
  return taken;
}
