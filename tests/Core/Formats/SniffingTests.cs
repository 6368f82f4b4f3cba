using System.Text;
using MemScope.Core.Formats;

namespace MemScope.Tests;

public sealed class SniffingTests
{
    [Theory]
    [InlineData("3279878523327 32305 32305 ucx_leak mmap len=151552 ret=0x7f1f61af7000\n\n\t7f1f63569829 syscall+25 (/usr/lib/libc.so.6)\n")]
    [InlineData("7f8e58eefca3 mmap64+19 (/usr/lib/x86_64-linux-gnu/libc.so.6)\n")]
    [InlineData("0000000000001139 T main\n0000000000001129 t leaky\n")]
    [InlineData("1: first\n2: second\n")]
    [InlineData("@us[\n    syscall+25\n]: 1\n")]
    [InlineData("MemTotal:       16318436 kB\nMemFree:         1234 kB\n")]
    [InlineData("12345678 12345 text\n")]
    public void Addresses_and_numbers_alone_are_no_mappings(string text) =>
        Assert.DoesNotContain(InputFormats.Sniff(Encoding.ASCII.GetBytes(text))?.Slug, new[] { "smaps", "maps", "smaps-rollup", "status", "pmap", "mixed" });

    [Fact]
    public void Maps_above_a_trace_leave_the_file_to_the_trace()
    {
        byte[] file = [.. Fixtures.Bytes("smaps", "odd-maps.maps.txt"), .. Encoding.ASCII.GetBytes(string.Concat(Enumerable.Repeat("3358  1795189479.522261 munmap(0x7f9cff760000, 4096) = 0 <0.000069>\n", 20)))];
        Assert.Equal("strace", InputFormats.Sniff(file)?.Slug);
    }
}
