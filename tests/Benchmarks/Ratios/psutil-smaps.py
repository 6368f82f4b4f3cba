# psutil's own loop over smaps (psutil/_pslinux.py, memory_maps) on a file; prints the sum of Rss in kB.
import os, sys, tempfile
import psutil
from psutil import _pslinux

with tempfile.TemporaryDirectory() as proc:
    os.mkdir(proc + "/1")
    os.symlink(os.path.abspath(sys.argv[1]), proc + "/1/smaps")
    process = _pslinux.Process(1)
    process._procfs_path = proc
    print(sum(m[3] for m in process.memory_maps()) // 1024)
