using MemScope.Web.Answers;

namespace MemScope.Web.Tests.Answers;

public sealed class RunSettingsTests
{
    private static readonly Dictionary<string, string> None = [];

    [Theory]
    [InlineData("UCX_MEM_MMAP_HOOK_MODE=none", "UCX_MEM_MMAP_HOOK_MODE=none ./serve --port 1", true)]
    [InlineData("UCX_MEM_MMAP_HOOK_MODE=none", "env \"UCX_MEM_MMAP_HOOK_MODE=none\" ./serve", true)]
    [InlineData("UCX_MEM_MMAP_HOOK_MODE=none", "./serve --note=UCX_MEM_MMAP_HOOK_MODE=none", false)]
    [InlineData("UCX_MEM_MMAP_HOOK_MODE=none", "UCX_MEM_MMAP_HOOK_MODE=nonesuch ./serve", false)]
    [InlineData("UCX_MEM_MMAP_HOOK_MODE=none", "UCX_MEM_MMAP_HOOK_MODE=bistro ./serve", false)]
    [InlineData("-XX:TrimNativeHeapInterval=5000", "java -Xmx1g -XX:TrimNativeHeapInterval=5000 App", true)]
    [InlineData("A=1 B=2", "A=1 ./serve", false)]
    [InlineData("A=1 B=2", "B=2 A=1 ./serve", true)]
    [InlineData("malloc_trim(0)", "malloc_trim(0)", false)]
    [InlineData("", "", false)]
    public void A_run_carries_a_setting_when_its_command_line_has_every_part_as_a_word(string setting, string commandLine, bool carries) =>
        Assert.Equal(carries, RunSettings.Carries(commandLine, None, setting));

    [Theory]
    [InlineData("UCX_MEM_MMAP_HOOK_MODE", "none", true)]
    [InlineData("ucx_mem_mmap_hook_mode", "none", true)]
    [InlineData("fix", "UCX_MEM_MMAP_HOOK_MODE=none", true)]
    [InlineData("UCX_MEM_MMAP_HOOK_MODE", "bistro", false)]
    [InlineData("fix", "none", false)]
    public void A_label_has_it_by_name_and_value_or_as_its_value(string label, string value, bool carries) =>
        Assert.Equal(carries, RunSettings.Carries("./serve", new Dictionary<string, string> { [label] = value }, "UCX_MEM_MMAP_HOOK_MODE=none"));
}
