"""Where items come from: folders, tables of works, archives, the sample library."""
