export const listingFile: string;
