using MemScope.Agent.Sending;

namespace MemScope.Agent.Commands;

/// <summary>Prints what became of a file: the page's address on standard output, for scripts, and the rest on standard error.</summary>
internal static class DeliveryReport
{
    /// <summary>Prints it; whether the server has it.</summary>
    public static async Task<bool> WriteAsync(string name, Delivery delivery)
    {
        if (!delivery.Accepted)
        {
            await Console.Error.WriteLineAsync($"{name}: {delivery.Text}");
            return false;
        }
        if (delivery.Page is { } page) await Console.Out.WriteLineAsync(page.ToString());
        await Console.Error.WriteLineAsync($"{name}: {delivery.Text}");
        return true;
    }
}
