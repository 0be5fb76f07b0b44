"""Studies: offline measurements that write the numbers which the app shows; the pages read only what they wrote."""
