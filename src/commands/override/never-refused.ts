/** What holds for every brake. */
export const NEVER_REFUSED =
  'One signature of a person with the role override is enough. It is not refused for anything else that is wrong here, ' +
  'and works on a history with findings too. It ends by an approved change: modelsmith override lift.';
