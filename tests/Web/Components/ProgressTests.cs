using Bunit;
using MemScope.Web.Components.Elements;
using MemScope.Web.Components.Layout;
using MemScope.Web.Components.Pages.Stacks;
using MemScope.Web.Hosting;
using MemScope.Web.Wire;
using Microsoft.AspNetCore.Components;
using Microsoft.Extensions.DependencyInjection;

namespace MemScope.Web.Tests.Components;

/// <summary>Long work says how far it has come, and empty pages what to do, with commands that work as they stand.</summary>
public sealed class ProgressTests : BunitContext
{
    [Fact]
    public void A_file_waits_is_sent_by_the_byte_and_is_read()
    {
        Assert.Contains("Waits", Sending(null).Markup, StringComparison.Ordinal);
        Assert.Empty(Sending(null).FindAll("progress"));

        var half = Sending(3 << 20);
        Assert.Equal(("3145728", "4194304"), (half.Find("progress").GetAttribute("value"), half.Find("progress").GetAttribute("max")));
        Assert.Contains("3 MiB of 4 MiB sent", half.Markup, StringComparison.Ordinal);

        var sent = Sending(4 << 20);
        Assert.Null(sent.Find("progress").GetAttribute("value")); // nobody knows how much of it is read
        Assert.Contains("unpacked and read", sent.Markup, StringComparison.Ordinal);
    }

    [Fact]
    public void An_empty_file_is_never_half_sent() => Assert.Null(Render<SendingBar>(p => p.Add(c => c.Name, "x").Add(c => c.Bytes, 0).Add(c => c.Sent, 0)).Find("progress").GetAttribute("value"));

    [Fact]
    public void Frames_that_wait_for_names_are_counted_by_module_the_most_first()
    {
        Assert.Empty(Awaited([("/lib/libc.so.6", 0)]).FindAll("p"));
        Assert.Contains("1 frame waits for its name (libc.so.6)", Awaited([("/lib/libc.so.6", 1)]).Markup, StringComparison.Ordinal);
        Assert.Contains("1,007 frames wait for their names (libb.so, d, liba.so)", Awaited([("/liba.so", 2), ("/libb.so", 1000), ("/c", 1), ("/d", 4)]).Markup, StringComparison.Ordinal);
    }

    [Fact]
    public void Commands_name_this_server_and_a_token_only_where_one_is_asked_for()
    {
        var (open, asked) = (Commands(null, "http://127.0.0.1:5220"), Commands(null, "http://0.0.0.0:5220"));
        var server = Services.GetRequiredService<NavigationManager>().BaseUri;

        Assert.All(open.Concat(asked).Where(c => c.Contains("curl", StringComparison.Ordinal)), c => Assert.Contains($"\"{server}api/v1/captures?host=", c, StringComparison.Ordinal));
        Assert.All(open, c => Assert.DoesNotContain("TOKEN", c, StringComparison.Ordinal));
        Assert.All(asked.Where(c => c.Contains("curl", StringComparison.Ordinal)), c => Assert.Contains("Authorization: Bearer $MEMSCOPE_TOKEN", c, StringComparison.Ordinal));
        Assert.StartsWith("export MEMSCOPE_TOKEN=", asked[0], StringComparison.Ordinal);
    }

    [Fact]
    public void On_a_page_of_a_process_the_commands_are_made_for_it()
    {
        var process = Samples.Process() with { Snapshots = 0, Host = "web 7" };
        var commands = Commands(process, "http://127.0.0.1:5220");

        Assert.Equal(3, commands.Count); // one snapshot, several, the agent
        Assert.All(commands, c => Assert.DoesNotContain("$PID", c, StringComparison.Ordinal));
        Assert.Contains($"@/proc/{process.Pid}/smaps", commands[0], StringComparison.Ordinal);
        Assert.Contains($"host=web%207&pid={process.Pid}", commands[0], StringComparison.Ordinal);
    }

    private IRenderedComponent<SendingBar> Sending(long? sent) => Render<SendingBar>(p => p.Add(c => c.Name, "smaps").Add(c => c.Bytes, 4 << 20).Add(c => c.Sent, sent));

    private IRenderedComponent<NamesAwaited> Awaited((string Module, int Pending)[] modules) => Render<NamesAwaited>(p => p.Add(c => c.Head,
        new CallchainsWire("resident", 0, null, new SortedDictionary<string, long>(StringComparer.Ordinal), []) { Modules = [.. modules.Select(m => new ModuleWire(m.Module, null, "missing", 9, "") { Pending = m.Pending })] }));

    private static List<string> Commands(ProcessWire? process, string listensOn)
    {
        using var context = new BunitContext();
        context.JSInterop.Mode = JSRuntimeMode.Loose;
        context.Services.AddSingleton(new ServerOptions { DataFolder = "", Urls = [listensOn] });
        var shown = context.Render<FirstUpload>(p =>
        {
            if (process is not null) p.AddCascadingValue(new ProcessView(process, new WindowState(), 1));
        });
        return [.. shown.FindAll(".command code").Select(c => c.TextContent)];
    }
}
