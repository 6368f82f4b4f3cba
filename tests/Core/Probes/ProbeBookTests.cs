using System.Diagnostics;
using MemScope.Core.Analysis.Findings;
using MemScope.Core.Analysis.Probes;
using MemScope.Core.Formats;
using MemScope.Tests;

namespace MemScope.Core.Tests.Probes;

/// <summary>The probes as texts. Whether they work, the end-to-end tests see by running them.</summary>
public sealed class ProbeBookTests
{
    private const string Evil = "x'; touch pwned; $(touch pwned) `touch pwned` \"& \n\u001b[201~";
    private static readonly ProbeTarget s_target = new(4711, Guid.Parse("01a20057-f89d-7754-ba0a-b82bfa4c20e0"), "http://127.0.0.1:5220");

    private static readonly ProbeTarget s_hostile = s_target with
    {
        Comm = Evil, Host = Evil, Modules = ["/lib/" + Evil, "/usr/lib/libjvm.so", "/usr/lib/libjemalloc.so.2", "/usr/lib/libtcmalloc.so.4", "/usr/bin/python3"], Kernel = Evil, HasGoHeap = true,
        Setting = "A=" + Evil, Server = "http://" + Evil,
    };

    [Fact]
    public void Every_probe_says_what_it_tells_what_it_needs_and_what_it_does_to_the_process()
    {
        foreach (var slug in ProbeBook.Slugs)
        {
            var probe = ProbeBook.Find(slug, s_target)!;

            Assert.Equal(slug, probe.Slug);
            Assert.Matches("^[a-z][a-z-]+$", slug);
            Assert.All((string[])[probe.Title, probe.Command, probe.Risk, probe.Why], text => Assert.False(string.IsNullOrWhiteSpace(text)));
            Assert.NotEmpty(probe.Needs);
        }
        Assert.Equal(ProbeBook.Slugs.Count, ProbeBook.Slugs.Distinct().Count());
        Assert.Null(ProbeBook.Find("no-such-probe", s_target));
    }

    [Fact]
    public void Nothing_of_a_process_reaches_a_shell_but_as_data()
    {
        foreach (var probe in ProbeBook.Slugs.Select(s => ProbeBook.Find(s, s_hostile)!))
        {
            foreach (var text in (string[])[probe.Command, probe.Upload])
            {
                Assert.DoesNotContain("\u001b", text, StringComparison.Ordinal);
                Assert.DoesNotContain("touch pwned", Unquoted(text), StringComparison.Ordinal);
            }
        }
    }

    [Fact]
    public async Task Every_command_and_upload_is_well_formed_for_a_posix_shell()
    {
        foreach (var target in (ProbeTarget[])[s_target, s_hostile])
        {
            foreach (var probe in ProbeBook.Slugs.Select(s => ProbeBook.Find(s, target)!))
            {
                using var shell = Process.Start(new ProcessStartInfo("/bin/sh", ["-n", "-c", probe.Command + "\n" + probe.Upload + "\n"]) { RedirectStandardError = true, UseShellExecute = false })!;
                var error = await shell.StandardError.ReadToEndAsync();
                await shell.WaitForExitAsync();
                Assert.True(shell.ExitCode == 0, $"{probe.Slug}: {error}\n{probe.Command}\n{probe.Upload}");
            }
        }
    }

    [Fact]
    public void Results_go_into_the_process_itself_and_those_of_a_new_run_into_that_one()
    {
        foreach (var probe in ProbeBook.Slugs.Select(s => ProbeBook.Find(s, s_target)!).Where(p => p.Upload.Length > 0))
        {
            Assert.DoesNotContain('\n', probe.Upload);
            var isRun = probe.Needs.Contains("a restart");
            Assert.Equal(!isRun, probe.Upload.Contains($"process={s_target.ProcessId}&pid={s_target.Pid}", StringComparison.Ordinal));
            Assert.Equal(isRun, probe.Upload.Contains("label.run=", StringComparison.Ordinal));
            var format = probe.Upload.IndexOf("&format=", StringComparison.Ordinal);
            if (format >= 0) Assert.Contains(InputFormats.All, f => f.Slug == string.Concat(probe.Upload[(format + "&format=".Length)..].TakeWhile(c => char.IsAsciiLetterLower(c) || c == '-')));
        }
    }

    [Fact]
    public void A_server_that_may_ask_for_a_token_gets_the_one_of_the_environment()
    {
        Assert.DoesNotContain("MEMSCOPE_TOKEN", ProbeBook.Find("perf", s_target)!.Upload, StringComparison.Ordinal);
        Assert.Contains("Authorization: Bearer $MEMSCOPE_TOKEN", ProbeBook.Find("perf", s_target with { Server = "https://memscope.example" })!.Upload, StringComparison.Ordinal);
    }

    [Fact]
    public void Probes_of_runtimes_are_offered_where_the_runtime_is()
    {
        var plain = SlugsOf(s_target with { Modules = ["/usr/bin/app", "/usr/lib/libc.so.6"] });

        Assert.DoesNotContain("jcmd-nmt", plain);
        Assert.DoesNotContain("memray", plain);
        Assert.DoesNotContain("go-pprof", plain);
        Assert.DoesNotContain("jemalloc-prof", plain);
        Assert.Contains("malloc-info", plain);
        Assert.Contains("jcmd-nmt", SlugsOf(s_target with { Modules = ["/opt/jdk/lib/server/libjvm.so"] }));
        Assert.Contains("memray", SlugsOf(s_target with { Modules = ["/usr/bin/python3.11"] }));
        Assert.Contains("go-pprof", SlugsOf(s_target with { HasGoHeap = true }));
        var jemalloc = SlugsOf(s_target with { Modules = ["/usr/lib/libc.so.6", "/usr/lib/libjemalloc.so.2"] });
        Assert.Contains("jemalloc-prof", jemalloc);
        Assert.DoesNotContain("malloc-trim", jemalloc);
    }

    [Fact]
    public void The_gentlest_come_first_and_what_starts_the_program_anew_last()
    {
        var slugs = SlugsOf(s_target);

        Assert.Equal("proc-figures", slugs[0]);
        Assert.True(slugs.IndexOf("bpftrace") < slugs.IndexOf("strace"));
        Assert.True(slugs.IndexOf("strace") < slugs.IndexOf("gdb"));
        var restarts = ProbeBook.All(s_target).Select(p => p.Needs.Contains("a restart")).ToList();
        Assert.Equal(restarts.Order(), restarts);
    }

    [Fact]
    public void Tools_follow_the_rate_of_calls()
    {
        Assert.Equal(["bpftrace", "perf", "strace", "gdb"], ProbeBook.Tracers(s_target).Select(p => p.Slug));
        var founding = s_target with { CallsPerSecond = 96_000 };

        Assert.Equal("bpftrace-sums", ProbeBook.Tracers(founding)[0].Slug);
        Assert.Contains("--call-graph fp", ProbeBook.Find("perf", founding)!.Command, StringComparison.Ordinal);
        Assert.Contains("--call-graph dwarf", ProbeBook.Find("perf", s_target)!.Command, StringComparison.Ordinal);
        Assert.Contains("96,000 calls per second", ProbeBook.Find("strace", founding)!.Why, StringComparison.Ordinal);
        Assert.DoesNotContain("perf-trace", SlugsOf(founding));
    }

    [Fact]
    public void The_fix_is_watched_with_the_remedy_s_setting()
    {
        string Command(string? setting) => ProbeBook.Find("fix-watch", s_target with { Setting = setting, Host = "h1" })!.Command;

        Assert.StartsWith("UCX_MEM_MMAP_HOOK_MODE=none ./your-service &\n", Command("UCX_MEM_MMAP_HOOK_MODE=none"), StringComparison.Ordinal);
        Assert.EndsWith("--host h1 --interval 1s --duration 60s --server http://127.0.0.1:5220 --label fix=UCX_MEM_MMAP_HOOK_MODE=none", Command("UCX_MEM_MMAP_HOOK_MODE=none"), StringComparison.Ordinal);
        Assert.StartsWith("./your-service '-XX:+UseG1GC' &\n", Command("-XX:+UseG1GC"), StringComparison.Ordinal);
        Assert.StartsWith("./your-service &\n", Command(null), StringComparison.Ordinal);
        Assert.StartsWith(": with 'a b=c'; ./your-service &\n", Command("a b=c"), StringComparison.Ordinal);
    }

    [Fact]
    public void A_library_that_a_tool_does_not_see_is_named()
    {
        var ucx = s_target with { Modules = ["/usr/lib/libc.so.6", "/usr/lib/libucm.so.0"] };

        Assert.Contains("libucm", ProbeBook.Find("heaptrack", ucx)!.Why, StringComparison.Ordinal);
        Assert.Contains("libucm", ProbeBook.Find("gdb", ucx)!.Why, StringComparison.Ordinal);
        Assert.DoesNotContain("libucm", ProbeBook.Find("gdb", s_target)!.Why, StringComparison.Ordinal);
    }

    [Fact]
    public void Cards_name_probes_that_there_are()
    {
        var named = Cards.All.SelectMany(c => c.Probes.Concat(c.Checks.Select(k => k.Probe).OfType<string>()).Select(p => (c.Id, Probe: p))).ToList();

        Assert.NotEmpty(named);
        Assert.All(named, n => Assert.Contains(n.Probe, ProbeBook.Slugs));
    }

    [Fact]
    public void Each_probe_has_its_row_in_the_documentation()
    {
        var page = File.ReadAllText(Path.Combine(Fixtures.RepositoryRoot, "docs", "probes.md"));

        Assert.All(ProbeBook.Slugs, slug => Assert.Contains($"| `{slug}` |", page, StringComparison.Ordinal));
    }

    private static List<string> SlugsOf(ProbeTarget target) => [.. ProbeBook.All(target).Select(p => p.Slug)];

    // What a shell would act on: everything outside single quotes.
    private static string Unquoted(string text)
    {
        var kept = new System.Text.StringBuilder();
        var inQuotes = false;
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] == '\'') inQuotes = !inQuotes;
            else if (!inQuotes && text[i] == '\\') i++;
            else if (!inQuotes) kept.Append(text[i]);
        }
        Assert.False(inQuotes);
        return kept.ToString();
    }
}
