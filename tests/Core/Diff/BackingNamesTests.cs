using MemScope.Core.Analysis.Diff;

namespace MemScope.Tests;

/// <summary>Each rule by which names of two processes are brought together, and what it leaves alone.</summary>
public sealed class BackingNamesTests
{
    [Theory]
    [InlineData("/usr/lib/libc.so.6 (deleted)", "/usr/lib/libc.so.6")]
    [InlineData("/var/lib/docker/overlay2/9f86d081884c7d65/merged/usr/bin/python3.11", "/usr/bin/python3.11")]
    [InlineData("/var/lib/containerd/io.containerd.snapshotter.v1.overlayfs/snapshots/42/fs/usr/bin/x", "/usr/bin/x")]
    [InlineData("/run/containerd/io.containerd.runtime.v2.task/k8s.io/4c01db0b339c/rootfs/opt/app", "/opt/app")]
    [InlineData("/var/lib/containers/storage/overlay/6c1c4a3e/diff/opt/app", "/opt/app")]
    [InlineData("/proc/4711/root/opt/app", "/opt/app")]
    [InlineData("/proc/4711/task", "/proc/*/task")]
    [InlineData("/dev/shm/torch_32305_2891336453_0", "/dev/shm/torch_*_*_*")]
    [InlineData("/memfd:torch_12 (deleted)", "/memfd:torch_*")]
    [InlineData("/dev/shm/nccl-Ab3dEf", "/dev/shm/nccl-*")]
    [InlineData("/dev/shm/psm_1a2b3c4d", "/dev/shm/psm_*")]
    [InlineData("/tmp/jna5472908490238.tmp", "/tmp/jna*.tmp")]
    [InlineData("[stack:1234]", "[stack:*]")]
    [InlineData("[anon:glibc: pthread stack: 81]", "[anon:glibc: pthread stack: *]")]
    [InlineData("socket:[81122]", "socket:[*]")]
    [InlineData("/app/numpy.libs/libgfortran-91cc3cb1.so.3.0.0", "/app/numpy.libs/libgfortran-*.so.3.0.0")]
    [InlineData("/nix/store/8vgk2s6f5zv2c4ycw4jyr5bgljd6hk5l-glibc-2.38/lib/libm.so.6", "/nix/store/*-glibc-2.38/lib/libm.so.6")]
    public void What_changes_from_run_to_run_is_left_out(string name, string pattern) => Assert.Equal(pattern, BackingNames.Pattern(name));

    [Theory]
    [InlineData("")]
    [InlineData("[heap]")]
    [InlineData("/usr/lib/x86_64-linux-gnu/libstdc++.so.6.0.30")]
    [InlineData("/usr/lib/python3.11/lib-dynload/_json.cpython-311-x86_64-linux-gnu.so")]
    [InlineData("/dev/nvidia0")]
    [InlineData("/SYSV00001a2b")]
    [InlineData("/var/lib/docker/overlay2/9f86d081884c7d65")]
    [InlineData("/srv/deadbeef/data")]
    public void What_tells_files_apart_stays(string name) => Assert.Equal(name.Replace("9f86d081884c7d65", "*", StringComparison.Ordinal), BackingNames.Pattern(name));

    [Theory]
    [InlineData("/usr/lib/libssl.so.1.1", "/opt/lib/libssl.so.3", true)]
    [InlineData("/usr/lib/ld-2.31.so", "/usr/lib/ld-2.36.so", true)]
    [InlineData("/usr/lib/libpython3.11.so.1.0", "/usr/lib/libpython3.12.so.1.0", true)]
    [InlineData("/usr/lib/libfoo.so", "/usr/lib/libfoo.so.1", true)]
    [InlineData("/usr/lib/libfoo.so.1", "/usr/lib/libbar.so.1", false)]
    [InlineData("/data/1", "/data/2", false)]
    [InlineData("[stack:1]", "[stack:2]", false)]
    [InlineData("/etc/passwd", "/etc/passwd", false)]
    public void Versions_of_one_file_have_one_stem(string a, string b, bool same) => Assert.Equal(same, BackingNames.Stem(a) is { } stem && stem == BackingNames.Stem(b));

    [Fact]
    public void Any_text_has_a_pattern_that_is_its_own()
    {
        var random = new Random(17);
        const string letters = "aZ09/._-[]: *\u00e4\0(deleted)proc/1/root";
        for (var i = 0; i < 20_000; i++)
        {
            var name = new string([.. Enumerable.Range(0, random.Next(40)).Select(_ => letters[random.Next(letters.Length)])]);
            var pattern = BackingNames.Pattern("/tmp/" + name);
            Assert.DoesNotContain(pattern, char.IsAsciiDigit);
            Assert.NotNull(BackingNames.Pattern(name));
            _ = BackingNames.Stem(name);
        }
    }
}
