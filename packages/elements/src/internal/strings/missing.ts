/** English, for who of those expected is not here. */
export const missingStrings = {
  missingCount: (here: string, total: string, missing: string) => `${here} of ${total} here · ${missing} missing`,
  missingNobody: (total: string) => `All ${total} are here`,
  missingUnknown: (total: string) => `${total} are expected. That is too many to list.`,
};

export type MissingStrings = typeof missingStrings;
