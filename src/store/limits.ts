// How large objects and parts may be. The same for every kind of store, so that a backup has the same names wherever it lies.

/** 8 to 16 MiB were as fast as larger parts and cost a fraction of the memory. S3 takes 5 MiB to 5 GiB. */
export const PART_SIZE_BYTES = 16 * 1024 * 1024;

/** S3 takes 10,000 parts an object; 8,000 of ours are 125 GiB, which every provider takes as one object. */
export const MAX_PARTS = 8_000;

/** One is filled while two are on their way. */
export const PART_BUFFERS = 3;
