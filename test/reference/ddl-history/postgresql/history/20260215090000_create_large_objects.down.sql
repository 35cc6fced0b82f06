SELECT lo_unlink(4200042);
